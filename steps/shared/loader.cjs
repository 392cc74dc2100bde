// How the re-executed child loads TypeScript: what the set-up has compiled, where that is still current. Loading tsx
// takes as long as starting Node does; the run verb has paid for it once already.
const { readdirSync, readFileSync, statSync } = require('node:fs')
const { createRequire } = require('node:module')
const { dirname, join, relative } = require('node:path')

const root = join(__dirname, '../..')

require.extensions['.ts'] = (module, file) => {
  const compiled = join(root, 'build', 'ts', `${relative(root, file)}.js`)
  if (isCurrent(compiled, file)) return module._compile(readFileSync(compiled, 'utf8'), file)
  require('tsx/cjs') // from here on, in place of this loader
  loadRest(dirname(dirname(require.resolve('tsx/cjs'))))
  return require.extensions['.ts'](module, file)
}

// tsx loads a part of itself when the program has begun: from a root directory that may be another one by then.
function loadRest(directory) {
  const late = readdirSync(directory).filter((name) => /^lexer-.*\.cjs$/.test(name))
  for (const name of late) createRequire(join(directory, 'index.cjs'))(`./${name}`)
}

// A compiled file bears the time of its source.
function isCurrent(compiled, source) {
  const found = statSync(compiled, { throwIfNoEntry: false })
  return found !== undefined && Math.abs(found.mtimeMs - statSync(source).mtimeMs) < 1
}
