// Loads TypeScript in the re-executed child: what the set-up compiled, unless the source has
// changed since; then tsx compiles it. Loading tsx takes as long as starting Node does, and `run`
// has already done it once.
const { existsSync, readdirSync, readFileSync, statSync } = require('node:fs')
const Module = require('node:module')
const { dirname, join, relative } = require('node:path')

const root = join(__dirname, '../..')

// What the judge compiled of a learner's program lies elsewhere, below its absolute path.
const places = (file, ending) => [
  join(root, 'build', 'ts', `${relative(root, file)}${ending}`),
  ...(process.env.CONTAINER_COMPILED ? [join(process.env.CONTAINER_COMPILED, file + ending)] : []),
]

require.extensions['.ts'] = (module, file) => {
  const bundle = module.id === '.' && bundleOf(file)
  const compiled = !bundle && places(file, '.js').find((place) => isCurrent(place, file))
  const code = bundle || (compiled && readFileSync(compiled, 'utf8'))
  if (code) {
    nameLines(code, file)
    return module._compile(code, file)
  }
  process.env.TSX_DISABLE_CACHE = '1' // in /tmp/tsx-0, another user's code could wait
  require('tsx/cjs') // replaces this loader
  loadRest(dirname(dirname(require.resolve('tsx/cjs'))))
  return require.extensions['.ts'](module, file)
}

// A learner's program has a map: errors name its lines. The judge starts a program often, and most
// starts have no error: there, the map is read when one comes.
function nameLines(code, file) {
  if (!code.includes('//# sourceMappingURL=')) return
  if (!process.env.CONTAINER_COMPILED) return process.setSourceMapsEnabled(true)
  process.prependListener('uncaughtExceptionMonitor', () => {
    process.setSourceMapsEnabled(true)
    // Node reads the map of what it compiles. Nothing of it runs.
    new Module(file)._compile(`return;${code.replace(/^#!/, '//')}`, file)
  })
}

// tsx loads a part of itself after the program has started. By then the root directory may be
// another one.
function loadRest(directory) {
  const late = readdirSync(directory).filter((name) => /^lexer-.*\.cjs$/.test(name))
  for (const name of late) Module.createRequire(join(directory, 'index.cjs'))(`./${name}`)
}

// A program and all it imports, as one file. Its last line names them, with their times.
function bundleOf(main) {
  const place = places(main, '.bundle.js').find(existsSync)
  if (!place) return undefined
  const text = readFileSync(place, 'utf8')
  const { mtimeMs } = statSync(place)
  const times = Object.entries(JSON.parse(text.slice(text.lastIndexOf('\n// ') + 4)))
  const isSame = ([file, time]) => {
    const found = statSync(join(dirname(main), file), { throwIfNoEntry: false })?.mtimeMs
    return [time, mtimeMs].some((one) => Math.abs(found - one) < 1)
  }
  return times.every(isSame) ? text : undefined
}

// A compiled file has the modification time of its source.
function isCurrent(compiled, source) {
  const found = statSync(compiled, { throwIfNoEntry: false })
  return found !== undefined && Math.abs(found.mtimeMs - statSync(source).mtimeMs) < 1
}
