// The native addon: built when a source has changed, put in place when it's complete.
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join, relative } from 'node:path'
import { quiet } from './programs.mjs'
import { at, root } from './project.mjs'
import { Problem, task } from './terminal.mjs'

const work = at('build', 'native')
const release = at('native', 'build', 'Release')
const stamp = join(release, 'built.json')

export function isAddonBuilt() {
  try {
    const { state, binary } = JSON.parse(readFileSync(stamp, 'utf8'))
    return state === sourceState(binary) && canLoad(join(release, binary))
  } catch {
    return false
  }
}

// By content: the times in a fresh clone or another branch say nothing. The size gives away another
// machine's binary.
function sourceState(binary) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${binary}`)
  for (const path of sources())
    hash.update(`\0${relative(root, path)}\0`).update(readFileSync(path))
  return hash.update(`${statSync(join(release, binary)).size}`).digest('hex')
}

function sources() {
  const code = readdirSync(at('native', 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.\w+$/.test(name))
    .sort()
  return [
    at('native', 'CMakeLists.txt'),
    at('native', 'package.json'),
    ...code.map((name) => at('native', 'src', name)),
  ]
}

function canLoad(path) {
  try {
    createRequire(import.meta.url)(path)
    return true
  } catch {
    return false
  }
}

/** Makes the next build start from nothing. */
export function forgetAddon() {
  rmSync(work, { recursive: true, force: true })
  rmSync(stamp, { force: true })
}

export async function buildAddon() {
  const cmakeJs = at('node_modules', 'cmake-js', 'bin', 'cmake-js')
  await task('Building the native addon', async (detail) => {
    await quiet(process.execPath, [cmakeJs, 'compile', '-d', at('native'), '-O', work], detail)
    install()
  })
  if (!isAddonBuilt())
    throw new Problem(`The addon is built, but this Node can't load it: ${release}`)
}

// Renamed into place: a running program keeps the old one, and nobody sees half of one.
function install() {
  mkdirSync(release, { recursive: true })
  const built = readdirSync(join(work, 'Release')).find((name) => name.endsWith('.node'))
  if (!built) throw new Problem(`The build left no .node file in ${join(work, 'Release')}.`)
  replace(join(release, basename(built)), (path) =>
    copyFileSync(join(work, 'Release', built), path),
  )
  const state = sourceState(built)
  replace(stamp, (path) => writeFileSync(path, `${JSON.stringify({ binary: built, state })}\n`))
}

function replace(path, write) {
  write(`${path}.new`)
  renameSync(`${path}.new`, path)
}
