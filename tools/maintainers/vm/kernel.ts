// A kernel of Debian's with its modules: unpacked into the cache, never installed.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { Problem, task } from '../../setup/terminal.mjs'
import { cached } from '../packages'
import { run, succeeds } from '../run'

export type Kernel = { release: string; image: string; modules: string }

const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string]
const cache = cached('kernels')

/** What '' or '6.12' stands for. */
export async function kernelOf(wanted: string): Promise<Kernel> {
  const name = await packageName(wanted)
  const folder = join(cache, name)
  if (!existsSync(folder)) await download(name)
  const [release] = readdirSync(join(folder, 'lib/modules')) as [string]
  const modules = join(folder, 'lib/modules', release)
  return { release, image: join(folder, 'boot', `vmlinuz-${release}`), modules }
}

async function packageName(version: string): Promise<string> {
  if (!find('apt-cache') || !find('dpkg-deb'))
    throw new Problem('The kernel comes from apt, and this is not Debian.')
  const known = () => packageOf(version)
  const name = (await known()) ?? (await updated(known)) ?? newestCached(version)
  if (!name) throw new Problem(`Debian's package lists here have no kernel ${version || 'at all'}.`)
  return name
}

/** Without network this fails, and the kernel of last time will do. */
async function updated<T>(ask: () => Promise<T>): Promise<T | undefined> {
  if (process.getuid?.() !== 0) return undefined
  await task('Updating the package lists', () => succeeds(['apt-get', '-q', 'update'])).catch(
    () => {},
  )
  return ask()
}

/** The package of the current kernel, or of the newest one whose version begins so. */
async function packageOf(version: string): Promise<string | undefined> {
  const apt = async (...words: string[]) => (await run(['apt-cache', ...words])).stdout
  if (!version) {
    const current = await apt('depends', `linux-image-${architecture}`)
    return /Depends: (linux-image-\S+)/.exec(current)?.[1]
  }
  const found = await apt('search', '--names-only', `^linux-image-[0-9].*-${architecture}$`)
  return newest(
    found.split('\n').map((line) => line.split(' ')[0] as string),
    version,
  )
}

/** Of 6.1: 6.1.0-56, and neither 6.12.1 nor the cloud's or the real-time kernel. */
function newest(names: string[], version: string): string | undefined {
  const begin = `^linux-image-${version.replaceAll('.', '\\.')}`
  const wanted = new RegExp(`${begin}(?![0-9])[-.+0-9deb]*-${architecture}$`)
  return names
    .filter((name) => wanted.test(name) && /\d+\.\d+\.\d+/.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1)
}

const newestCached = (version: string) =>
  existsSync(cache) ? newest(readdirSync(cache), version || '[0-9]+') : undefined

/** Unpacks beside the cache and renames into it, so that an interrupted one never looks whole. */
function download(name: string): Promise<void> {
  return task(`Fetching ${name}`, async () => {
    mkdirSync(cache, { recursive: true })
    const folder = mkdtempSync(join(cache, '.part-'))
    try {
      // apt's own user may not write into someone's cache.
      const fetch = ['apt-get', '-o', 'APT::Sandbox::User=root', 'download', name]
      const get = () => succeeds(fetch, { cwd: folder })
      await get().catch(async (error) => {
        if (process.getuid?.() !== 0)
          throw new Problem(`${error.message}\nIf the lists are old: sudo apt-get update`)
        await updated(get)
      })
      const [deb] = readdirSync(folder)
      if (!deb) throw new Problem(`apt-get can't download ${name}.`)
      await succeeds(['dpkg-deb', '-x', join(folder, deb), join(folder, 'unpacked')])
      renameSync(join(folder, 'unpacked'), join(cache, name))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
