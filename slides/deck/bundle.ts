// The deck's scripts and their styles, bundled by esbuild.
import { basename } from 'node:path'
import { build } from 'esbuild'
import { at } from '../../tools/setup/project.mjs'

/** What the consoles on the slides are: live terminals, recordings, or their transcripts alone. */
export type Terminals = 'live' | 'cast' | 'none'

type Script = [name: string, { type: string; body: string }]

/** `main.js`, `main.css` if it has styles, and for live terminals a chunk that loads later. */
export const bundle = (terminals: Terminals): Promise<Script[]> =>
  run('main', {
    define: { TERMINALS: JSON.stringify(terminals) },
    splitting: terminals === 'live',
    format: terminals === 'live' ? 'esm' : 'iife',
  })

/** The script that reloads a deck being served. */
export const reloadScript = async () => (await run('reload', {}))[0][1].body

async function run(name: string, options: Parameters<typeof build>[0]): Promise<Script[]> {
  const { outputFiles = [] } = await build({
    entryPoints: [at('slides', 'deck', 'client', `${name}.ts`)],
    outdir: at('build', 'slides'),
    bundle: true,
    minify: true,
    target: 'es2022',
    legalComments: 'none',
    loader: { '.svg': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl' },
    write: false,
    logLevel: 'silent',
    ...options,
  })
  return outputFiles.map(({ path, text }) => {
    const type = path.endsWith('.css') ? 'text/css' : 'text/javascript'
    return [basename(path), { type, body: text }]
  })
}
