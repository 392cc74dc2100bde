// The deck's scripts and their styles, bundled by esbuild.
import { basename } from 'node:path'
import { build } from 'esbuild'
import { at } from '../../tools/setup/project.mjs'

export type Bundle = Map<string, string>

/** What is made of slides/client/NAME.ts: NAME.js, NAME.css where there are styles, and chunks if `split`. */
export async function bundle(name: string, { split = false } = {}): Promise<Bundle> {
  const { outputFiles } = await build({
    entryPoints: [at('slides', 'client', `${name}.ts`)],
    outdir: at('build', 'slides'),
    bundle: true,
    minify: true,
    splitting: split,
    format: split ? 'esm' : 'iife',
    target: 'es2022',
    legalComments: 'none',
    loader: { '.svg': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl' },
    write: false,
    logLevel: 'silent',
  })
  return new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
}
