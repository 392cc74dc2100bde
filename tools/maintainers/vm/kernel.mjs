// A kernel of Debian's with its modules: unpacked into a cache, never installed.
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { cached } from '../cache.mjs'
import { find, quiet } from '../../setup/programs.mjs'
import { Problem, task } from '../../setup/terminal.mjs'

const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch]
const cache = cached('kernels')

/** The kernel that is meant by '', '6.12', a .deb or the path of a vmlinuz: its image, its modules, its release. */
export async function kernelOf(wanted) {
  if (wanted.includes('/') && !existsSync(wanted))
    throw new Problem(`There is no kernel ${wanted}.`)
  if (wanted.endsWith('.deb'))
    return unpacked(await unpack(resolve(wanted), basename(wanted, '.deb')))
  if (wanted.includes('/')) return installed(resolve(wanted))
  const name = await packageName(wanted)
  const folder = join(cache, name)
  return unpacked(existsSync(folder) ? folder : await fetch(name))
}

function unpacked(folder) {
  const [release] = readdirSync(join(folder, 'lib/modules'))
  return {
    release,
    image: join(folder, 'boot', `vmlinuz-${release}`),
    modules: join(folder, 'lib/modules', release),
  }
}

// As distributions lay it out: /boot/vmlinuz-RELEASE and /lib/modules/RELEASE.
function installed(image) {
  const release = basename(image).replace(/^vmlinuz-/, '')
  const modules = [
    join(dirname(image), '../lib/modules', release),
    join('/lib/modules', release),
  ].find(existsSync)
  if (!statSync(image).isFile() || !modules)
    throw new Problem(
      `Beside ${image}, the modules are needed: there is no /lib/modules/${release}.`,
    )
  return { release, image, modules }
}

async function packageName(version) {
  if (!find('apt-cache') || !find('dpkg-deb'))
    throw new Problem(
      'A kernel is fetched with apt, and this is not Debian: name one, --kernel /boot/vmlinuz-VERSION',
    )
  const known = () => packageOf(version)
  const name = known() ?? (await updated(known)) ?? newestCached(version)
  if (!name) throw new Problem(`Debian's package lists here have no kernel ${version || 'at all'}.`)
  return name
}

async function updated(ask) {
  if (process.getuid() !== 0) return undefined
  const update = (detail) => quiet('apt-get', ['-q', 'update'], detail)
  await task('Updating the package lists', update).catch(() => {}) // without network: see newestCached
  return ask()
}

/** The package of the current kernel, or of the newest one whose version begins so. */
function packageOf(version) {
  const apt = (...args) =>
    execFileSync('apt-cache', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    if (!version)
      return /Depends: (linux-image-\S+)/.exec(apt('depends', `linux-image-${architecture}`))?.[1]
    const found = apt('search', '--names-only', `^linux-image-[0-9].*-${architecture}$`)
    return newest(
      found.split('\n').map((line) => line.split(' ')[0]),
      version,
    )
  } catch {
    return undefined
  }
}

/** Of 6.1: 6.1.0-56, and neither 6.12.1 nor the cloud's or the real-time kernel. */
function newest(names, version) {
  const wanted = new RegExp(
    `^linux-image-${version.replaceAll('.', '\\.')}(?![0-9])[-.+0-9deb]*-${architecture}$`,
  )
  return names
    .filter((name) => wanted.test(name) && /\d+\.\d+\.\d+/.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1)
}

// Without network, the one of last time will do.
const newestCached = (version) =>
  existsSync(cache) ? newest(readdirSync(cache), version || '[0-9]+') : undefined

function fetch(name) {
  return task(`Fetching ${name}`, async (detail) => {
    mkdirSync(cache, { recursive: true })
    const folder = mkdtempSync(join(cache, '.fetch-'))
    try {
      // apt's own user could not write into the cache of somebody.
      const download = ['-C', folder, 'apt-get', '-o', 'APT::Sandbox::User=root', 'download', name]
      await quiet('env', download, detail).catch(async (error) => {
        if (process.getuid() !== 0)
          throw new Problem(`${error.message}\nIf the lists are old: sudo apt-get update`)
        await quiet('apt-get', ['-q', 'update'], detail)
        await quiet('env', download, detail)
      })
      const [deb] = readdirSync(folder)
      return await unpack(join(folder, deb), name)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

/** Unpacks beside the cache and renames into it, so that an interrupted one never looks whole. */
async function unpack(deb, name) {
  const folder = join(cache, name)
  mkdirSync(cache, { recursive: true })
  const beside = mkdtempSync(join(cache, '.unpack-'))
  try {
    await quiet('dpkg-deb', ['-x', deb, beside])
    if (!existsSync(join(beside, 'lib/modules')))
      throw new Problem(`${deb} is no package of a kernel with its modules.`)
    rmSync(folder, { recursive: true, force: true })
    renameSync(beside, folder)
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
  return folder
}
