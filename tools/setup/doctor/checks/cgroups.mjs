// The cgroup version and its controllers, and whether a group can be made.
import { existsSync, readFileSync } from 'node:fs'
import { attemptAsRoot } from '../attempt.mjs'
import { failure, ok, unknown } from '../finding.mjs'

const root = '/sys/fs/cgroup'
const needed = ['memory', 'pids', 'cpu']

export function cgroups() {
  if (existsSync(`${root}/cgroup.controllers`)) {
    const present = readFileSync(`${root}/cgroup.controllers`, 'utf8').trim().split(/\s+/)
    return controllers('v2', present, [root])
  }
  const present = needed.filter((name) => existsSync(`${root}/${name}/cgroup.procs`))
  const trees = present.map((name) => `${root}/${name}`)
  if (present.length > 0) return controllers('v1', present, trees)
  const fix = `sudo mount -t cgroup2 none ${root}`
  return [failure('cgroups', 7, `nothing is mounted at ${root}`, fix)]
}

function controllers(version, present, trees) {
  const missing = needed.filter((name) => !present.includes(name))
  if (missing.length > 0) {
    const saw = `${version}, without the controller ${missing.join(', ')}`
    return [failure('cgroups', 7, saw, howToEnable(missing))]
  }
  return [ok('cgroups', `${version}, with ${needed.join(', ')}`), making(trees)]
}

function howToEnable(missing) {
  const options = missing.map((name) => `cgroup_enable=${name}`).join(' ')
  if (existsSync('/boot/firmware/cmdline.txt') || existsSync('/boot/cmdline.txt'))
    return `add to the line in /boot/firmware/cmdline.txt (/boot/cmdline.txt on older systems): ${options}; then reboot`
  return `boot the kernel with ${options}: add it to GRUB_CMDLINE_LINUX in /etc/default/grub, then: sudo update-grub, and reboot. In a container, start that with --privileged --cgroupns=host`
}

function making(trees) {
  const name = 'making a cgroup'
  const fix = 'run this as root of the machine; in Docker, start with --privileged --cgroupns=host'
  for (const tree of trees) {
    const group = `${tree}/doctor-${process.pid}`
    const { worked, untried, said } = attemptAsRoot(['mkdir', group])
    if (worked) attemptAsRoot(['rmdir', group])
    if (untried) return unknown(name, 7, 'only root can try it')
    if (!worked) return failure(name, 7, said, fix)
  }
  return ok(name, `works in ${trees.join(', ')}`)
}
