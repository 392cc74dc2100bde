// Compiles the steps and native/ for steps/shared/loader.cjs, so that a container starts sooner.
// What you edit later runs too: tsx compiles it then.
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { at, root } from './project.mjs'
import { task } from './terminal.mjs'

const compiled = at('build', 'ts')

/** Whether all are compiled, in their present version. */
export const areScriptsCompiled = () => existsSync(compiled) && sources().every(isCurrent)

/**
 * Compiles them, silently after an edit. If that fails, because of a mistake or a read-only
 * checkout, tsx compiles at each start and says what's wrong.
 */
export async function compileScripts() {
  if (existsSync(compiled)) await compile().catch(() => {})
  else await task('Compiling the steps', compile)
}

async function compile() {
  const { build } = await import('esbuild')
  const outdir = `${compiled}.new`
  rmSync(outdir, { recursive: true, force: true })
  await build({
    entryPoints: sources(),
    outbase: root,
    outdir,
    outExtension: { '.js': '.ts.js' },
    banner: { js: output.banner },
    ...output.options,
  })
  for (const source of sources()) stamp(outputOf(source, outdir), source)
  rmSync(compiled, { recursive: true, force: true })
  renameSync(outdir, compiled)
}

/** What esbuild makes of TypeScript for the loader. */
export const output = {
  banner: "const meta_url = require('node:url').pathToFileURL(__filename).href;",
  options: /** @type {const} */ ({
    format: 'cjs',
    target: 'node20',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': 'meta_url' },
    logLevel: 'silent',
  }),
}

/** Makes the next set-up compile them again. */
export const forgetScripts = () => rmSync(compiled, { recursive: true, force: true })

const sources = () => [
  at('rootfs', 'default.ts'),
  ...['native', 'steps'].flatMap((directory) =>
    readdirSync(at(directory), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => at(directory, name)),
  ),
]

const outputOf = (source, outdir = compiled) => `${outdir}${source.slice(root.length)}.js`

// As in steps/shared/loader.cjs: a compiled file bears the time of its source.
function isCurrent(source) {
  const found = statSync(outputOf(source), { throwIfNoEntry: false })
  return found !== undefined && Math.abs(found.mtimeMs - statSync(source).mtimeMs) < 1
}

function stamp(file, source) {
  const { atime, mtime } = statSync(source)
  utimesSync(file, atime, mtime)
}
