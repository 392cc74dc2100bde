// What a set-up can't change: the system, its kernel, the processor, memory, disk, and Node.
import * as fs from 'node:fs'
import * as os from 'node:os'
import { isOlder } from '../../platform.mjs'
import { at, root } from '../../project.mjs'

const GiB = 1024 ** 3

export function machine() {
  if (process.platform !== 'linux') return [notLinux()]
  return [kernel(), processor(), node(), memory(), ...disks()]
}

const notLinux = () => ({
  name: 'system',
  state: 'failure',
  saw: `${process.platform}: containers are made of features of the Linux kernel`,
  fix: 'see "A Linux to run it on" in README.md',
  from: 1,
})

function kernel() {
  const release = os.release()
  if (/microsoft/i.test(release) && isOlder(release, '5.0'))
    return {
      name: 'kernel',
      state: 'failure',
      saw: `${release}: WSL 1 has no Linux kernel`,
      fix: 'in PowerShell: wsl --set-version <distribution> 2',
      from: 1,
    }
  const fix = 'use a distribution of 2021 or later'
  // waitid(2) with P_PIDFD is from 5.4, and there's no way round it.
  if (isOlder(release, '5.4'))
    return {
      name: 'kernel',
      state: 'failure',
      saw: `${release}: older than 5.4, which is the least that a step needs`,
      fix,
      from: 1,
    }
  // close_range(2) with CLOSE_RANGE_CLOEXEC is from 5.11, and the youngest call that is used.
  if (isOlder(release, '5.11'))
    return {
      name: 'kernel',
      state: 'warning',
      saw: `${release}: older than 5.11, with which this was never tried`,
      fix,
    }
  return { name: 'kernel', state: 'ok', saw: release }
}

function processor() {
  if (['x64', 'arm64'].includes(process.arch))
    return { name: 'processor', state: 'ok', saw: process.arch }
  return {
    name: 'processor',
    state: 'warning',
    saw: `${process.arch}: tried were x64 and arm64 only; a rootfs of the host's busybox may still work`,
  }
}

function node() {
  const wanted = JSON.parse(fs.readFileSync(at('package.json'), 'utf8')).engines.node.replace(
    '>=',
    '',
  )
  if (!isOlder(process.versions.node, wanted))
    return { name: 'Node', state: 'ok', saw: `${process.versions.node}, ${process.execPath}` }
  return {
    name: 'Node',
    state: 'failure',
    saw: `${process.versions.node} at ${process.execPath}, and ${wanted} or newer is needed`,
    fix: 'install a newer one, from https://nodejs.org or with a version manager: nvm install 22',
    from: 1,
  }
}

function memory() {
  const available = /^MemAvailable:\s*(\d+)/m.exec(fs.readFileSync('/proc/meminfo', 'utf8'))
  const free = available ? Number(available[1]) * 1024 : os.freemem()
  const saw = `${(free / GiB).toFixed(1)} GiB are free`
  if (free > GiB / 2) return { name: 'memory', state: 'ok', saw }
  return {
    name: 'memory',
    state: 'warning',
    saw: `${saw}: building the addon may need more`,
    fix: 'close something big, or give the virtual machine 1 GiB',
  }
}

function disks() {
  if (!fs.statfsSync) return [{ name: 'disk', state: 'note', saw: 'this Node cannot tell' }]
  const there = fs.existsSync(at('node_modules'))
  return [disk('disk', root, there ? 0.1 : 0.6), disk('temporary files', os.tmpdir(), 0.2)]
}

function disk(name, folder, gibibytes) {
  const { bavail, bsize, ffree, files } = fs.statfsSync(folder)
  const free = bavail * bsize
  const saw = `${(free / GiB).toFixed(1)} GiB are free at ${folder}`
  if (files > 0 && ffree < 5000)
    return {
      name,
      state: 'failure',
      saw: `${folder} has room for ${ffree} files`,
      fix: `df -i ${folder} shows the file system: remove files there`,
      from: 1,
    }
  if (free > gibibytes * GiB) return { name, state: 'ok', saw }
  return {
    name,
    state: 'failure',
    saw: `${saw}, and ${gibibytes} are needed`,
    fix: `df -h ${folder} shows the file system: remove something there`,
    from: 1,
  }
}
