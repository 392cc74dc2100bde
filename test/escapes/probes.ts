// Ways out of a container, each with the step that stops it. They harm no host: files are
// opened but not written, one byte is read, and everything made is removed.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import * as path from 'node:path'
import {
  inPidNamespace,
  mountinfo,
  namespace,
  parseMounts,
  status,
  tryRead,
  until,
} from '../harness/proc'
import { claim, quote } from '../harness/claim'
import type { Live } from '../harness/target'
import { inHost } from '../harness/host'
import { keep } from '../harness/sandbox'
import { work } from '../harness/work'
import { calls } from './calls'
import { cgroups } from './cgroups'
import { disk } from './disk'
import { hostileRootfs, type Lab, onHost, opensForWriting } from './lab'
import { absent, type Attempt, capable, judge, type Probe, writable } from './probe'

const identity = (file: string) => {
  const { dev, ino } = statSync(file)
  return `${dev}:${ino}`
}

export const probes: Probe[] = [
  {
    name: 'chroot break-out',
    why: 'There is no directory above the root of the mount namespace to climb to.',
    stoppedBy: [6, 'pivot_root'],
    async try({ shell }) {
      const { output } = await shell.ask(`${work().fixture} breakout ${work().hostMarker}`)
      claim(
        /^(escaped|confined): /.test(output),
        'an answer of the break-out program',
        quote(output),
      )
      return judge(output.includes(work().secret), output)
    },
  },
  {
    name: '/proc/1/root',
    why: 'PID 1 is the command itself, so the link leads to the container’s own root.',
    stoppedBy: [3, 'pid namespace, with the /proc of step 04'],
    async try({ shell }) {
      const { status, output } = await shell.ask(`cat /proc/1/root${work().hostMarker}`)
      const same = identity(`/proc/${shell.pid}/root/`) === identity('/')
      return judge(status === 0 || same, output)
    },
  },
  {
    name: 'a signal to a process of the host, or ptrace of one',
    why: 'Both name their target by a pid, and no pid in here means a process outside.',
    stoppedBy: [3, 'pid namespace'],
    async try({ shell }) {
      const pid = onlyOutside(shell)
      const { status, output } = await shell.ask(`kill -0 ${pid}`)
      return judge(status === 0, output)
    },
  },
  {
    name: 'leaked descriptors (CVE-2024-21626)',
    why: 'Every descriptor but 0, 1 and 2 is closed when the command starts.',
    stoppedBy: [1, 'close_range before execve'],
    async try({ shell }) {
      claim(
        existsSync(`/proc/${shell.runPid}/fd/251`),
        'a descriptor of the host open in the run process',
        'none',
      )
      const { output } = await shell.ask('ls /proc/$$/fd; cat /proc/self/fd/* < /dev/null')
      return judge(output.includes(work().secret), output)
    },
  },
  {
    name: 'leaked working directory (CVE-2024-21626)',
    why: 'The last act before the command starts is chdir("/"), in the new root.',
    stoppedBy: [6, 'chdir after pivot_root'],
    async try({ target, folder }) {
      writeFileSync(path.join(folder, 'note'), work().secret)
      const command = ['/bin/sh', '-c', 'readlink /proc/self/cwd; cat note ../note; :']
      const ended = await target.run(command, { cwd: folder })
      const said = ended.stdout.toString()
      claim(ended.status === 0, 'a container started from another directory', quote(ended.stderr))
      return judge(said.includes(work().secret), said)
    },
  },
  {
    name: '/proc/self/exe overwrite (CVE-2019-5736)',
    why: 'A hostile rootfs gets the host’s node open. While `run` lives the kernel refuses writes (ETXTBSY), but when `run` is killed, its program is free a moment before the container dies.',
    stoppedBy: [14, 'the user namespace: its root may not write the host’s file'],
    try: overwriteNode,
  },
  {
    name: 'a file given as standard input, opened again for writing',
    why: 'The streams are the caller’s own: /proc/self/fd/0 leads to the file on the host, and root may open it as it likes.',
    stoppedBy: [14, 'the user namespace, as far as the file isn’t the caller’s own'],
    async try({ target, folder }) {
      const file = path.join(folder, 'input')
      writeFileSync(file, 'as it was\n')
      const wrap = ['/bin/sh', '-c', `exec "$@" < ${file}`, 'sh']
      const ended = await target.run(['/bin/sh', '-c', 'echo changed > /proc/self/fd/0'], { wrap })
      return judge(readFileSync(file, 'utf8') === 'changed\n', ended.stderr)
    },
  },
  {
    name: 'typing into the host’s terminal (TIOCSTI, CVE-2017-5226)',
    why: 'The container sits at the terminal it was started from, and CAP_SYS_ADMIN may put characters into its input.',
    stoppedBy: [13, 'seccomp refuses ioctl(TIOCSTI)'],
    try: typeAtTerminal,
  },
  {
    name: 'mounting over /proc',
    why: 'The container may mount what it likes, in its own mount namespace: it fools programs in here, not the host.',
    stoppedBy: [12, 'CAP_SYS_ADMIN is dropped'],
    async try({ shell }) {
      const before = mountinfo('self')
      const { output } = await shell.ask('mount -t tmpfs mask /proc && echo mounted')
      const inside = parseMounts(mountinfo(shell.pid)).some(({ source }) => source === 'mask')
      const host = mountinfo('self')
      await shell.ask('umount /proc')
      claim(
        !host.includes(' mask '),
        'the mounts of the host as they were',
        quote(host.replace(before, '')),
      )
      return judge(inside, output)
    },
  },
  {
    name: '/sys made writable',
    why: 'A read-only mount is no border for those who may mount: they change its flags.',
    stoppedBy: [12, 'CAP_SYS_ADMIN is dropped'],
    async try(lab) {
      await lab.shell.ask('mount -o remount,rw /sys')
      const { held, said } = await opensForWriting(lab, '/sys/kernel/profiling')
      await lab.shell.ask('mount -o remount,ro /sys')
      return judge(held, said)
    },
  },
  {
    name: 'mknod of the host’s disk',
    why: 'CAP_MKNOD makes the device, no device cgroup forbids it, and with it every file of the host can be read and written.',
    stoppedBy: [12, 'CAP_MKNOD is dropped'],
    try: readDisk,
  },
  {
    name: 'a file of the host by its handle (open_by_handle_at, “shocker”)',
    why: 'The root, or a file given as standard input, lies on a file system of the host, and CAP_DAC_READ_SEARCH opens every file of that by its inode number.',
    stoppedBy: [12, 'CAP_DAC_READ_SEARCH is dropped'],
    async try(lab) {
      const handle = onHost(lab, 'handle', work().hostMarker)
      if (/EOPNOTSUPP|EOVERFLOW/.test(handle)) return absent('this file system has no handles')
      const file = path.join(lab.folder, 'anything')
      writeFileSync(file, '')
      const wrap = ['/bin/sh', '-c', `exec "$@" < ${file}`, 'sh']
      const { stdout } = await lab.target.run([lab.program, 'by-handle', handle], { wrap })
      return judge(stdout.includes(work().secret), `${stdout}`)
    },
  },
  {
    name: 'a set-user-ID program left for the host’s users',
    why: 'Root in here is root out there, and the rootfs is a directory of the host: what the container writes stays, owner and mode included.',
    stoppedBy: [11, 'the layer, which nobody else on the host gets to'],
    async try({ shell, program, folder }) {
      const left = path.join(folder, 'left')
      await shell.ask(`cp ${program} ${left}; chmod 4755 ${left}`)
      const outside = path.join(work().rootfs, left)
      const stats = lstatSync(outside, { throwIfNoEntry: false })
      if (!stats) return judge(false, 'it is not on the host')
      rmSync(outside)
      const { uid, mode } = stats
      return judge(uid === 0 && (mode & 0o4000) !== 0, `owner ${uid}, mode ${mode.toString(8)}`)
    },
  },
  {
    name: '/proc/sysrq-trigger',
    why: 'A letter written to it restarts or stops the machine; it is the kernel’s, and /proc is writable.',
    stoppedBy: [12, 'it is read-only'],
    try: (lab) => writable(lab, '/proc/sysrq-trigger'),
  },
  {
    name: '/proc/sys/kernel/core_pattern',
    why: 'The kernel runs the program named in it, on the host and as root, when any process crashes.',
    stoppedBy: [12, '/proc/sys is read-only'],
    try: (lab) => writable(lab, '/proc/sys/kernel/core_pattern'),
  },
  ...cgroups,
  {
    name: 'an abstract socket of the host',
    why: 'Abstract names belong to a network namespace, not to the file system.',
    stoppedBy: [8, 'network namespace'],
    try: connectToListener,
  },
  {
    name: 'reading the host’s dmesg',
    why: 'There is one kernel and one log, and CAP_SYSLOG may read it (and clear it).',
    stoppedBy: [12, 'CAP_SYSLOG is dropped'],
    async try({ shell }) {
      // Far enough from the end that no new line comes in between.
      const { output } = await shell.ask('dmesg | tail -n 40 | head -n 3')
      const log = execFileSync('dmesg', { encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\n')
      const lines = output.split('\n').filter((line) => log.includes(line))
      return judge(lines.length > 0, output)
    },
  },
  {
    name: 'the kernel’s memory (/proc/kcore, /dev/mem)',
    why: 'Root with all capabilities may read what the kernel and every process hold in memory.',
    stoppedBy: [12, '/proc/kcore is masked, and CAP_MKNOD and CAP_SYS_RAWIO are dropped'],
    async try({ shell }) {
      const onHost = ['/proc/kcore', '/dev/mem'].filter((file) => existsSync(file))
      if (onHost.length === 0) return absent('this kernel offers neither')
      const { output } = await shell.ask(
        'mknod /mytemp/mem c 1 1; for f in /proc/kcore /mytemp/mem; do dd if=$f bs=1 count=1 > /dev/null 2>&1 && echo $f; done; rm /mytemp/mem',
      )
      return judge(output !== '', output)
    },
  },
  {
    name: 'loading a kernel module (finit_module)',
    why: 'CAP_SYS_MODULE runs code in the kernel itself.',
    stoppedBy: [12, 'CAP_SYS_MODULE is dropped'],
    try: (lab) => capable(lab, 'module'),
  },
  {
    name: 'starting another kernel (kexec_file_load)',
    why: 'CAP_SYS_BOOT is there, and this call knows no namespace. reboot(2) does: in here it ends the container.',
    stoppedBy: [12, 'CAP_SYS_BOOT is dropped'],
    try: (lab) => capable(lab, 'kexec'),
  },
  {
    name: 'the keyring of the host’s root',
    why: 'Keys belong to users, and root in here is the same user as root out there.',
    stoppedBy: [13, 'seccomp refuses keyctl'],
    async try(lab) {
      const name = `probe-${path.basename(lab.folder)}`
      if (/ENOSYS/.test(onHost(lab, 'key', 'add', name, work().secret)))
        return absent('no keyrings here')
      try {
        const { output } = await lab.shell.ask(`${lab.program} key read ${name}`)
        return judge(output.includes(work().secret), output)
      } finally {
        onHost(lab, 'key', 'remove', name)
      }
    },
  },
  ...disk,
  ...calls,
]

/** The pid of the run process, which no process in the container happens to have. */
function onlyOutside({ pid, runPid }: Live): number {
  const inside = inPidNamespace(namespace(pid, 'pid')).map((each) =>
    status(each, 'NSpid')?.split('\t').at(-1),
  )
  claim(!inside.includes(`${runPid}`), 'a pid which only the host has', `${runPid}`)
  return runPid
}

// Of a copy of node. It is not overwritten: that takes the moment between the end of `run` and that
// of its container, and many tries.
async function overwriteNode(lab: Lab): Promise<Attempt> {
  const node = path.join(lab.folder, 'node')
  copyFileSync(process.execPath, node)
  chownSync(node, lab.target.user, lab.target.user)
  const { dev, ino } = statSync(node)
  const wrap = ['/bin/sh', '-c', `shift; exec ${node} "$@"`, 'sh']
  const env = { ROOTFS: hostileRootfs(lab) }
  const { stdout, stderr } = await lab.target.run(['/proc/self/exe'], { wrap, env })
  const said = `${stdout}${stderr}`
  return judge(said.includes(`holds ${dev}:${ino}\noverwrite: done`), said)
}

// The shell that started the container reads its next line from the same terminal.
async function typeAtTerminal({ target, program }: Lab): Promise<Attempt> {
  const wrap = ['/bin/sh', '-c', '"$@"; read -r typed; echo "got=$typed"', 'sh']
  const shell = target.start([program, 'type', 'from_the_container'], { terminal: true, wrap })
  try {
    const typed = () => shell.stdout.includes('got=from_the_container')
    await until(() => typed() || !shell.running || /TIOCSTI: E/.test(shell.stdout))
    // Without CAP_SYS_ADMIN, some kernels refuse it to everybody.
    if (!typed() && tryRead('/proc/sys/dev/tty/legacy_tiocsti') === '0\n')
      return absent('this kernel refuses TIOCSTI')
    return judge(typed(), shell.stdout)
  } finally {
    await shell.kill()
  }
}

// A loop device stands for the disk: nothing of the real one is touched.
async function readDisk({ shell, folder }: Lab): Promise<Attempt> {
  const image = path.join(folder, 'image')
  writeFileSync(image, work().secret.padEnd(4096))
  const losetup = (...args: string[]) => spawnSync('losetup', args, { encoding: 'utf8' })
  const device = losetup('--find', '--show', '--read-only', image).stdout.trim()
  if (device === '') return absent('this host has no loop devices to try it with')
  try {
    const minor = /\d+$/.exec(device)?.[0]
    const { output } = await shell.ask(
      `mknod /mytemp/disk b 7 ${minor}; head -c 64 /mytemp/disk; rm /mytemp/disk`,
    )
    return judge(output.includes(work().secret), output)
  } finally {
    losetup('--detach', device)
  }
}

async function connectToListener(lab: Lab): Promise<Attempt> {
  const { host, program, shell, folder } = lab
  const name = `probe-${path.basename(folder)}`
  const listener = await keep([...inHost(host), program, 'listen', name])
  try {
    const greeting = onHost(lab, 'connect', name)
    claim(greeting === 'read: hello', 'a socket that the host can reach', quote(greeting))
    const { output } = await shell.ask(`${program} connect ${name}`)
    return judge(output.includes('hello'), output)
  } finally {
    await listener.close()
  }
}
