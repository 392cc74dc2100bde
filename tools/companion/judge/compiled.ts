// A learner's program, compiled once for all of its starts. What doesn't compile is left to tsx,
// which says why at each start.
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs'
import { rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { transform } from 'esbuild'
import { work } from '../../../test/harness/work'
import { bundle, output } from '../../setup/bundle.mjs'
import { stamp } from '../../setup/stamp.mjs'
import { filesIn } from '../learner'

type Compiled = {
  /** Has the program's files below their paths; for CONTAINER_COMPILED, see loader.cjs. */
  folder: string
  /** Changes with the program, not with its comments and spaces. */
  hash: string
}

export async function compile(main: string): Promise<Compiled> {
  const results = mkdtempSync(join(work().folder, 'compiled-'))
  chmodSync(results, 0o755) // in a user namespace, the child is another user
  const folder = realpathSync(dirname(main))
  const files = Object.entries(filesIn(folder))
  const program = join(folder, basename(main))
  try {
    save(program, await bundle(program, { maps: 'own' }), join(results, `${program}.bundle.js`))
  } catch {
    // A file has a mistake: the others run as far as they come.
    await Promise.all(files.map(([name]) => compileFile(join(folder, name), results)))
  }
  const codes = await Promise.all(files.map(async ([name, text]) => [name, await codeOf(text)]))
  const hash = createHash('sha256').update(JSON.stringify(codes)).digest('hex')
  return { folder: results, hash }
}

/** The code alone; the text of what doesn't compile. */
const codeOf = (text: string) =>
  transform(text, { loader: 'ts', minifyWhitespace: true, logLevel: 'silent' }).then(
    ({ code }) => code,
    () => text,
  )

async function compileFile(file: string, results: string): Promise<void> {
  try {
    const { code } = await transform(readFileSync(file, 'utf8'), {
      ...output.options,
      banner: output.banner,
      loader: 'ts',
      // Errors name the lines of the source.
      sourcefile: basename(file),
      sourcemap: 'inline',
      sourcesContent: false,
    })
    save(file, code, join(results, `${file}.js`))
  } catch {
    // It isn't there any more, or doesn't compile.
  }
}

function save(source: string, code: string, result: string): void {
  mkdirSync(dirname(result), { recursive: true })
  writeFileSync(result, code)
  stamp(result, source)
}

export const forget = (results: string) => rmSync(results, { recursive: true, force: true })
