// A program and all it imports as one file, for steps/shared/loader.cjs: a file loads sooner than
// fifty.
import { readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

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

/**
 * The text of the bundle. Its last line names the files in it, with their times: if one has another
 * time, the bundle is old. Rejects if a file doesn't compile, or isn't there.
 * @param {string} main
 * @param {{ maps?: 'own' | 'all' }} [options] maps: errors name lines of the files beside `main`,
 *   or of all, which takes longer to read
 */
export async function bundle(main, { maps } = {}) {
  const { build } = await import('esbuild')
  const folder = dirname(main)
  const { outputFiles, metafile } = await build({
    ...output.options,
    define: {},
    entryPoints: [main],
    outfile: `${main}.js`,
    absWorkingDir: folder,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    packages: 'external',
    plugins: [ownPlaces(folder, maps)],
    ...(maps && { sourcemap: 'inline', sourcesContent: false }),
  })
  const time = (file) => statSync(join(folder, file)).mtimeMs
  const times = Object.keys(metafile.inputs).map((file) => [file, time(file)])
  return `${outputFiles[0].text}\n// ${JSON.stringify(Object.fromEntries(times))}`
}

// In the bundle, each module still finds what lies beside it.
const ownPlaces = (folder, maps) => ({
  name: 'own places',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const place = `__dirname + ${JSON.stringify(`/${relative(folder, dirname(path))}`)}`
      const file = `${place} + ${JSON.stringify(path.slice(dirname(path).length))}`
      const text = readFileSync(path, 'utf8')
        .replaceAll('import.meta.dirname', `(${place})`)
        .replaceAll(
          'import.meta.url',
          `process.getBuiltinModule('url').pathToFileURL(${file}).href`,
        )
      return {
        loader: 'ts',
        contents: maps === 'own' && dirname(path) !== folder ? text + noMap(text) : text,
      }
    })
  },
})

// Lines of others aren't shown, and a map of all of them takes long to read: each is one of '-'.
function noMap(text) {
  const mappings = 'AAAA;'.repeat(text.split('\n').length)
  const map = JSON.stringify({ version: 3, sources: ['-'], names: [], mappings })
  return `\n//# sourceMappingURL=data:application/json;base64,${btoa(map)}\n`
}
