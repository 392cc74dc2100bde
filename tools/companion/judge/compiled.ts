// A learner's program, compiled once for all of its starts. What doesn't compile is left to tsx,
// which says why at each start.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs'
import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { transform } from 'esbuild'
import { work } from '../../../test/harness/work'
import { output } from '../../setup/scripts.mjs'
import { filesIn } from '../learner'

/** A folder with the program's files below their paths; for CONTAINER_COMPILED, see loader.cjs. */
export async function compile(main: string): Promise<string> {
  const results = mkdtempSync(join(work().folder, 'compiled-'))
  chmodSync(results, 0o755) // in a user namespace, the child is another user
  const folder = realpathSync(dirname(main))
  const names = Object.keys(filesIn(folder))
  await Promise.all(names.map((name) => compileFile(join(folder, name), results)))
  return results
}

async function compileFile(file: string, results: string): Promise<void> {
  try {
    const { atime, mtime } = statSync(file)
    const { code } = await transform(readFileSync(file, 'utf8'), {
      ...output.options,
      banner: output.banner,
      loader: 'ts',
      // Errors name the lines of the source.
      sourcefile: basename(file),
      sourcemap: 'inline',
      sourcesContent: false,
    })
    const result = join(results, `${file}.js`)
    mkdirSync(dirname(result), { recursive: true })
    writeFileSync(result, code)
    utimesSync(result, atime, mtime)
  } catch {
    // It isn't there any more, or doesn't compile.
  }
}

export const forget = (results: string) => rmSync(results, { recursive: true, force: true })
