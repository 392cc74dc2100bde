// The cgroup version and its controllers, and whether a group can be made.
import { existsSync, readFileSync } from 'node:fs'
import { attemptAsRoot } from '../attempt.mjs'

const root = '/sys/fs/cgroup'
const needed = ['memory', 'pids', 'cpu']

export function cgroups() {
  if (existsSync(`${root}/cgroup.controllers`)) {
    const present = readFileSync(`${root}/cgroup.controllers`, 'utf8').trim().split(/\s+/)
    return controllers('v2', present, [root])
  }
  const present = needed.filter((name) => existsSync(`${root}/${name}/cgroup.procs`))
  if (present.length > 0)
    return controllers(
      'v1',
      present,
      present.map((name) => `${root}/${name}`),
    )
  return [
    {
      name: 'cgroups',
      state: 'failure',
      saw: `nothing is mounted at ${root}`,
      fix: `sudo mount -t cgroup2 none ${root}`,
      from: 7,
    },
  ]
}

function controllers(version, present, trees) {
  const missing = needed.filter((name) => !present.includes(name))
  if (missing.length > 0)
    return [
      {
        name: 'cgroups',
        state: 'failure',
        saw: `${version}, without the controller ${missing.join(', ')}`,
        fix: howToEnable(missing),
        from: 7,
      },
    ]
  return [
    { name: 'cgroups', state: 'ok', saw: `${version}, with ${needed.join(', ')}` },
    making(trees),
  ]
}

function howToEnable(missing) {
  const options = missing.map((name) => `cgroup_enable=${name}`).join(' ')
  if (existsSync('/boot/firmware/cmdline.txt') || existsSync('/boot/cmdline.txt'))
    return `add to the line in /boot/firmware/cmdline.txt (/boot/cmdline.txt on older systems): ${options}; then reboot`
  return `boot the kernel with ${options}: add it to GRUB_CMDLINE_LINUX in /etc/default/grub, then: sudo update-grub, and reboot. In a container, start that with --privileged --cgroupns=host`
}

function making(trees) {
  const name = 'making a cgroup'
  for (const tree of trees) {
    const group = `${tree}/doctor-${process.pid}`
    const { worked, untried, said } = attemptAsRoot(['mkdir', group])
    if (worked) attemptAsRoot(['rmdir', group])
    if (untried) return { name, state: 'unknown', saw: 'only root can try it', from: 7 }
    if (!worked)
      return {
        name,
        state: 'failure',
        saw: said,
        fix: 'run this as root of the machine; in Docker, start with --privileged --cgroupns=host',
        from: 7,
      }
  }
  return { name, state: 'ok', saw: `works in ${trees.join(', ')}` }
}
