// What a set-up can't change: the system, its kernel, the processor, memory, disk, and Node.
import * as fs from 'node:fs'
import * as os from 'node:os'
import { otherTemporary, wrongTemporary } from '../../place.mjs'
import { isOlder } from '../../platform.mjs'
import { at, root } from '../../project.mjs'
import { failure, note, ok, warning } from '../finding.mjs'

const GiB = 1024 ** 3

export function machine() {
  if (process.platform !== 'linux') return [notLinux()]
  return [kernel(), processor(), node(), memory(), ...disks(), ...caches()]
}

const notLinux = () =>
  failure(
    'system',
    1,
    `${process.platform}: containers are made of features of the Linux kernel`,
    'see "A Linux to run it on" in README.md',
  )

function kernel() {
  const name = 'kernel'
  const release = os.release()
  const fix = 'use a distribution of 2021 or later'
  if (/microsoft/i.test(release) && isOlder(release, '5.0')) {
    const upgrade = 'in PowerShell: wsl --set-version <distribution> 2'
    return failure(name, 1, `${release}: WSL 1 has no Linux kernel`, upgrade)
  }
  // waitid(2) with P_PIDFD is from 5.4, and there's no way round it.
  if (isOlder(release, '5.4'))
    return failure(name, 1, `${release}: older than 5.4, which is the least that a step needs`, fix)
  // close_range(2) with CLOSE_RANGE_CLOEXEC is from 5.11, and the youngest call that is used.
  if (isOlder(release, '5.11'))
    return warning(name, `${release}: older than 5.11, with which this was never tried`, fix)
  return ok(name, release)
}

function processor() {
  if (['x64', 'arm64'].includes(process.arch)) return ok('processor', process.arch)
  return warning(
    'processor',
    `${process.arch}: tried were x64 and arm64 only; a rootfs of the host's busybox may still work`,
  )
}

function node() {
  const { engines } = JSON.parse(fs.readFileSync(at('package.json'), 'utf8'))
  const wanted = engines.node.replace('>=', '')
  const { node } = process.versions
  if (!isOlder(node, wanted)) return ok('Node', `${node}, ${process.execPath}`)
  return failure(
    'Node',
    1,
    `${node} at ${process.execPath}, and ${wanted} or newer is needed`,
    'install a newer one, from https://nodejs.org or with a version manager: nvm install 22',
  )
}

function memory() {
  const available = /^MemAvailable:\s*(\d+)/m.exec(fs.readFileSync('/proc/meminfo', 'utf8'))
  const free = available ? Number(available[1]) * 1024 : os.freemem()
  const saw = `${(free / GiB).toFixed(1)} GiB are free`
  if (free > GiB / 2) return ok('memory', saw)
  const fix = 'close something big, or give the virtual machine 1 GiB'
  return warning('memory', `${saw}: building the addon may need more`, fix)
}

function disks() {
  if (!fs.statfsSync) return [note('disk', 'this Node cannot tell')]
  const there = fs.existsSync(at('node_modules'))
  return [disk('disk', root, there ? 0.1 : 0.6), temporary()]
}

function temporary() {
  const wrong = wrongTemporary()
  if (wrong) return warning('temporary files', wrong, otherTemporary())
  return disk('temporary files', os.tmpdir(), 0.2)
}

function disk(name, folder, gibibytes) {
  const { bavail, bsize, ffree, files } = fs.statfsSync(folder)
  const free = bavail * bsize
  const saw = `${(free / GiB).toFixed(1)} GiB are free at ${folder}`
  if (files > 0 && ffree < 5000) {
    const fix = `df -i ${folder} shows the file system: remove files there`
    return failure(name, 1, `${folder} has room for ${ffree} files`, fix)
  }
  if (free > gibibytes * GiB) return ok(name, saw)
  const fix = `df -h ${folder} shows the file system: remove something there`
  return failure(name, 1, `${saw}, and ${gibibytes} are needed`, fix)
}

/** The npm scripts do without tsx's cache. What you type yourself uses it. */
function caches() {
  const users = [...new Set([0, process.getuid?.() ?? 0])]
  const foreign = users.filter((uid) => {
    const owner = fs.lstatSync(`/tmp/tsx-${uid}`, { throwIfNoEntry: false })?.uid
    return owner !== undefined && owner !== uid
  })
  if (foreign.length === 0) return []
  const folders = foreign.map((uid) => `/tmp/tsx-${uid}`)
  const saw = `${folders.join(' and ')} was made by another user, whose code \`node --require tsx/cjs\` would run`
  return [warning('tsx cache', saw, `sudo rm -r ${folders.join(' ')}; export TSX_DISABLE_CACHE=1`)]
}
