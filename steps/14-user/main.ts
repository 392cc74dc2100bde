import { openSync, writeFileSync } from 'node:fs'
import { mount, MS_REC, MS_PRIVATE, MS_NOSUID, MS_NODEV, MS_NOEXEC } from '#native/mount'
import { MS_RDONLY, umount2, MNT_DETACH } from '#native/mount'
import { AT_EMPTY_PATH, AT_FDCWD, AT_RECURSIVE, open_tree } from '#native/mount'
import { MOUNT_ATTR_RDONLY, mount_setattr } from '#native/mount'
import { CLONE_NEWUTS, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWIPC } from '#native/sched'
import { CLONE_NEWCGROUP, unshare } from '#native/sched'
import { CLONE_NEWUSER } from '#native/sched'
import { spawn } from '#native/spawn'
import { execvp, sethostname, pivot_root, ttyname } from '#native/unistd'
import { rootfs } from '#rootfs'
import { die, parse, usage } from '#shared/cli'
import { provide } from '#shared/etc'
import { showFiles } from '#shared/idmap'
import { lastGid, mapIds } from '#shared/ids'
import { claimLayers } from '#shared/layers'
import { hide, protect } from '#shared/paths'
import { reexec } from '#shared/reexec'
import { resolvConf } from '#shared/resolv'
import { term } from '#shared/term'
import { keepModeOfTerminals } from '#shared/userns/terminal'
import { dropCapabilities } from './capabilities'
import { limit, removeCgroup } from './cgroup'
import { makeDev } from './dev'
import { filterSystemCalls } from './filter'
import { mountLayers } from './layer'
import { closeNat, openNat } from './nat'
import { connect, disconnect } from './network'

process.on('uncaughtException', die)
process.umask(0o022)

const env = {
  HOME: '/root',
  LANG: 'C.UTF-8',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  PS1: 'container:$PWD# ',
  TERM: term(),
}

const [verb, ...rest] = process.argv.slice(2)

switch (verb) {
  case 'run':
    run(rest)
    break
  case 'child':
    child(rest)
    break
  default:
    usage()
}

// On the host: starts the child, waits for it, and exits with its status.
async function run(argv: string[]) {
  const { command, options } = parse(argv, {
    memory: ['256M', '32M', '8388607G'],
    pids: ['64', '16', '4194304'],
    cpus: ['1', '0.1', '175921860'],
    layer: 'DIR[:OLDER…], to keep in DIR what is written, above older layers',
  })
  const layers = claimLayers(options.layer, rootfs)
  const disk = JSON.stringify({ layers, memory: options.memory })
  process.exitCode = await spawn('/proc/self/exe', reexec('child', [disk, ...command]), {
    cloneflags:
      CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUSER,
    executable: process.execPath, // a file of its own mounts: /proc/self/exe is one of ours
    beforeExec(pid) {
      mapIds(pid)
      showFiles(pid, rootfs, layers)
      limit(pid, options)
      connect(pid)
      openNat(pid)
    },
    afterEnd: [removeCgroup, () => disconnect(closeNat)],
  })
}

// In the container: makes its world, then becomes the command.
function child([disk, file, ...args]: string[]) {
  if (process.argv0 !== '/proc/self/exe')
    usage('only `run` may start `child`: outside its namespaces it would change the host')
  sethostname('container')
  unshare(CLONE_NEWCGROUP)
  const nameservers = resolvConf()

  // From here on, mounts stay in the container, even if the host's mounts are shared.
  mount(null, '/', null, MS_REC | MS_PRIVATE)
  const host = openSync('/', 'r')
  keepModeOfTerminals()
  const tty = ttyname(0)
  const terminal = tty ? open_tree(AT_FDCWD, tty) : undefined

  // The rootfs becomes a mount point, then the root. The old root ends up on top of it.
  const { layers, memory } = JSON.parse(disk)
  mountLayers(rootfs, layers, memory)
  process.chdir(rootfs)
  pivot_root('.', '.')
  mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC)
  mount('thing', '/mytemp', 'tmpfs', MS_NODEV, 'size=8m')
  mount('sysfs', '/sys', 'sysfs', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
  mount('cgroup2', '/sys/fs/cgroup', 'cgroup2', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
  makeDev(terminal)
  writeFileSync('/proc/sys/net/ipv4/ping_group_range', `0 ${lastGid()}`)

  // What still has a file of the host, such as Node's own program, can't write to it.
  mount_setattr(host, '', AT_EMPTY_PATH | AT_RECURSIVE, { attr_set: MOUNT_ATTR_RDONLY })
  umount2('.', MNT_DETACH)
  process.chdir('/')
  mount('run', '/run', 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=755,size=4m')
  provide('/etc/resolv.conf', nameservers)
  provide('/etc/hosts', '127.0.0.1 localhost container\n::1 localhost\n')
  provide('/etc/hostname', 'container\n')

  // The rest of the kernel's files that nobody but the host's root should change, or read.
  protect(['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'])
  hide(['/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/kmsg', '/proc/scsi', '/sys/firmware'])
  hide(['/proc/sched_debug', '/proc/timer_list', '/sys/devices/virtual/powercap'])
  dropCapabilities()
  filterSystemCalls()

  execvp(file, args, env)
}
