// Compiles the steps and native/ ahead of time for native/loader.cjs, so that a container starts sooner. What is edited
// later runs as well: tsx compiles it then, and a stack shows its lines.
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { at, root } from './project.mjs'
import { task } from './terminal.mjs'

const compiled = at('build', 'ts')

export const areScriptsCompiled = () => existsSync(compiled)

export async function compileScripts() {
  await task('Compiling the steps', async () => {
    const { build } = await import('esbuild')
    const outdir = `${compiled}.new`
    rmSync(outdir, { recursive: true, force: true })
    await build({
      entryPoints: sources(),
      outbase: root,
      outdir,
      outExtension: { '.js': '.ts.js' },
      format: 'cjs',
      target: 'node20',
      define: { 'import.meta.dirname': '__dirname', 'import.meta.url': 'meta_url' },
      banner: { js: "const meta_url = require('node:url').pathToFileURL(__filename).href;" },
      logLevel: 'silent',
    })
    for (const source of sources()) stamp(`${outdir}${source.slice(root.length)}.js`, source)
    rmSync(compiled, { recursive: true, force: true })
    renameSync(outdir, compiled)
  })
}

/** Makes the next set-up compile them again. */
export const forgetScripts = () => rmSync(compiled, { recursive: true, force: true })

const sources = () =>
  ['native', 'steps'].flatMap((directory) =>
    readdirSync(at(directory), { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => at(directory, name)),
  )

// The loader takes a compiled file for current when it bears the time of its source.
function stamp(file, source) {
  const { atime, mtime } = statSync(source)
  utimesSync(file, atime, mtime)
}
