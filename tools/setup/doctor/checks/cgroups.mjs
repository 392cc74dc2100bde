// The cgroup version and its controllers, and whether a group can be made that has them.
import { existsSync, readFileSync } from 'node:fs'
import { attemptAsRoot } from '../attempt.mjs'
import { failure, ok, untried } from '../finding.mjs'
import { mountOptions } from '../mounts.mjs'

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
  return [ok('cgroups', `${version}, with ${needed.join(', ')}`), making(version, trees)]
}

function howToEnable(missing) {
  const options = missing.map((name) => `cgroup_enable=${name}`).join(' ')
  if (existsSync('/boot/firmware/cmdline.txt') || existsSync('/boot/cmdline.txt'))
    return `add to the line in /boot/firmware/cmdline.txt (/boot/cmdline.txt on older systems): ${options}; then reboot`
  return `boot the kernel with ${options}: add it to GRUB_CMDLINE_LINUX in /etc/default/grub, then: sudo update-grub, and reboot. In a container, start that with --privileged --cgroupns=host`
}

const name = 'making a cgroup'
const fix =
  'run this as root of the machine; or start the container with --privileged (Docker, Podman), --bind=/sys/fs/cgroup (systemd-nspawn) or lxc.mount.auto = cgroup:rw:force (LXC)'

function making(version, trees) {
  const readOnly = trees.find((tree) => mountOptions(tree).includes('ro'))
  if (readOnly) return failure(name, 7, `${readOnly} is mounted read-only`, fix)
  return version === 'v2' ? makingV2() : makingV1(trees)
}

function makingV1(trees) {
  for (const tree of trees) {
    const group = `${tree}/doctor-${process.pid}`
    const tried = attemptAsRoot(['mkdir', group])
    if (tried.worked) attemptAsRoot(['rmdir', group])
    if (tried.untried) return untried(name, 7)
    if (!tried.worked) return failure(name, 7, tried.said, fix)
  }
  return ok(name, `works in ${trees.join(', ')}`)
}

function makingV2() {
  const group = `${root}/doctor-${process.pid}`
  const args = [root, group, needed].map((arg) => JSON.stringify(arg))
  const code = `(${tryGroup})(require('node:fs'), ${args})`
  const tried = attemptAsRoot([process.execPath, '-e', code])
  if (tried.untried) return untried(name, 7)
  if (!tried.worked) return failure(name, 7, tried.output || tried.said, fix)
  return ok(name, `works in ${root}${tried.output}`)
}

/**
 * Runs in a Node of its own, as root: does what a step does, and puts everything back.
 * @param {any} fs
 */
function tryGroup(fs, root, group, needed) {
  const control = `${root}/cgroup.subtree_control`
  const enabled = fs.readFileSync(control, 'utf8').split(/\s/)
  const missing = needed.filter((name) => !enabled.includes(name))
  const write = (sign) => fs.writeFileSync(control, missing.map((name) => sign + name).join(' '))
  try {
    fs.mkdirSync(group)
    if (missing.length > 0) write('+')
    if (missing.length > 0) write('-')
  } catch (/** @type {any} */ error) {
    if (error.code !== 'EBUSY') return refuse(error.message)
    // The root has processes, as in a container. A step moves them all; this, only itself.
    if (/^0$/m.test(fs.readFileSync(`${root}/cgroup.procs`, 'utf8')))
      return refuse(`${root} has processes that are outside of this PID namespace`)
    const own = fs.readFileSync('/proc/self/cgroup', 'utf8').match(/^0::(.*)$/m)[1]
    for (const place of [group, root + own])
      fs.writeFileSync(`${place}/cgroup.procs`, `${process.pid}`)
    process.stdout.write(`, from which a step first moves all processes to ${root}/init`)
  } finally {
    if (fs.existsSync(group)) fs.rmdirSync(group)
  }

  function refuse(why) {
    process.stdout.write(why)
    process.exitCode = 1
  }
}
