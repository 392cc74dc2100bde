// Ways to the host's files, disks and terminals.
import { execFileSync, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { mountinfo, parseMounts } from '../harness/proc'
import { newToken } from '../harness/target'
import { claim, quote } from '../harness/claim'
import { until } from '../harness/waiting'
import { work } from '../harness/work'
import type { Lab } from './lab'
import { absent, type Attempt, judge, type Probe } from './probe'

export const disk: Probe[] = [
  {
    name: '/proc/PID/root of another container',
    why: 'No pid in here means a process of another container.',
    stoppedBy: [3, 'pid namespace'],
    async try({ target, shell }) {
      const other = await target.shell()
      try {
        await other.ask('echo secret-of-another > /mytemp/mine')
        const { output } = await shell.ask(
          `cat /proc/${other.pid}/root/mytemp/mine /proc/[0-9]*/root/mytemp/mine`,
        )
        return judge(output.includes('secret-of-another'), output)
      } finally {
        await other.end()
      }
    },
  },
  {
    name: 'a hostile rootfs whose /proc, /dev and /sys are links to the host’s',
    why: 'mount() refuses a target that is a link, and where links lead begins at the new root.',
    stoppedBy: [6, 'pivot_root, and mounts that follow no link'],
    try: followLinks,
  },
  {
    name: 'filling the host’s disk',
    why: 'The rootfs lies on the host’s disk, and no cgroup counts what is written there.',
    stoppedBy: [11, 'a tmpfs with a size, unless you ask for --layer'],
    async try({ shell, target }) {
      const file = `/${newToken()}`
      await shell.ask(`dd if=/dev/zero of=${file} bs=64k count=16`)
      const outside = path.join(target.rootfs, file)
      const size = fs.statSync(outside, { throwIfNoEntry: false })?.size ?? 0
      await shell.ask(`rm ${file}`)
      return judge(size > 0, `${size} bytes of it are on the host`)
    },
  },
  {
    name: 'where the container lies on the host',
    why: 'A bind mount tells in /proc/self/mountinfo which directory it shows.',
    stoppedBy: [11, 'an overlay whose directories are named by descriptors'],
    async try({ shell, target }) {
      const { output } = await shell.ask('cat /proc/self/mountinfo')
      return judge(output.includes(target.rootfs), output)
    },
  },
  {
    name: 'the host’s file system made read-only (mount -o remount,ro /)',
    why: 'The root is a bind mount, and its file system is the host’s: this changes it for all.',
    stoppedBy: [11, 'the root is a file system of the container’s own'],
    try: remount,
  },
  {
    name: 'the host’s /dev (devtmpfs)',
    why: 'There is one devtmpfs for the machine: who mounts it may remove the devices of the host.',
    stoppedBy: [12, 'CAP_SYS_ADMIN is dropped'],
    async try({ shell }) {
      const name = newToken()
      const { output } = await shell.ask(`mkdir /mytemp/d; mount -t devtmpfs d /mytemp/d &&
        : > /mytemp/d/${name} && echo made`)
      const isThere = fs.existsSync(path.join('/dev', name))
      await shell.ask(`rm -f /mytemp/d/${name}; umount /mytemp/d; rmdir /mytemp/d`)
      const host = parseMounts(mountinfo('self')).find(({ point }) => point === '/dev')
      if (host?.type !== 'devtmpfs') return absent('the host has no devtmpfs on /dev')
      return judge(isThere, output)
    },
  },
  {
    name: 'the kernel’s own file systems (debugfs, tracefs, binfmt_misc)',
    why: 'They show the whole kernel, and binfmt_misc names programs that the host runs.',
    stoppedBy: [12, 'CAP_SYS_ADMIN is dropped'],
    async try({ shell }) {
      const known = fs.readFileSync('/proc/filesystems', 'utf8')
      const types = ['debugfs', 'tracefs', 'binfmt_misc'].filter((type) => known.includes(type))
      if (types.length === 0) return absent('this kernel has none of them')
      const { output } = await shell.ask(`mkdir /mytemp/k
        for type in ${types.join(' ')}; do
          mount -t $type k /mytemp/k 2> /dev/null && echo $type && umount /mytemp/k
        done; rmdir /mytemp/k`)
      return judge(output !== '', output)
    },
  },
  {
    name: 'a device of the host in the rootfs or in a layer',
    why: 'A device file that is there already opens the disk: nobody has to make one.',
    stoppedBy: [12, 'devices in the root don’t work (MS_NODEV)'],
    try: deviceInRootfs,
  },
  {
    name: 'the mode of the host’s terminal (chmod 666 /dev/console)',
    why: '/dev/console is the terminal you started the container from, and root inside owns it.',
    stoppedBy: [14, 'the user namespace, or a read-only mount: an ordinary user owns the terminal'],
    try: chmodConsole,
  },
]

async function followLinks({ target, folder }: Lab): Promise<Attempt> {
  const root = path.join(folder, 'links')
  fs.cpSync(work().otherRootfs, root, { recursive: true, verbatimSymlinks: true })
  const outside = path.join(folder, 'outside')
  fs.mkdirSync(outside)
  for (const name of ['proc', 'dev', 'sys', 'etc']) {
    fs.rmSync(path.join(root, name), { recursive: true })
    fs.symlinkSync(`../../../../../../../..${outside}`, path.join(root, name))
  }
  const { stdout, stderr } = await target.run(['/bin/sh', '-c', 'ls -a /dev/ /etc/ /proc/'], {
    env: { ROOTFS: root },
  })
  const changed = fs.readdirSync(outside).length > 0
  const mounted = mountinfo('self').includes(outside)
  fs.rmSync(root, { recursive: true })
  return judge(changed || mounted, `${stdout}${stderr}`)
}

// A tmpfs on the host stands for its disk: nothing of the real one is touched.
async function remount({ target, host, folder }: Lab): Promise<Attempt> {
  const stand = path.join(folder, 'stand-in')
  fs.mkdirSync(stand)
  const inside = ['nsenter', '--target', `${host}`, '--mount'] as const
  const onHost = (...words: string[]) => spawnSync(inside[0], [...inside.slice(1), ...words])
  onHost('mount', '-t', 'tmpfs', 'stand-in', stand)
  try {
    onHost('cp', '-a', work().otherRootfs, `${stand}/rootfs`)
    const script = 'mount -o remount,ro /; echo $?'
    const env = { ROOTFS: `${stand}/rootfs` }
    const ended = await target.run(['/bin/sh', '-c', script], { env })
    const { status } = onHost('touch', `${stand}/file`)
    return judge(status !== 0, `${ended.stdout}${ended.stderr}`)
  } finally {
    onHost('umount', stand)
  }
}

// A loop device stands for the disk.
async function deviceInRootfs({ target, folder }: Lab): Promise<Attempt> {
  const image = path.join(folder, 'image-2')
  fs.writeFileSync(image, work().secret.padEnd(4096))
  const losetup = (...words: string[]) => spawnSync('losetup', words, { encoding: 'utf8' })
  const device = losetup('--find', '--show', '--read-only', image).stdout.trim()
  if (device === '') return absent('this host has no loop devices to try it with')
  const root = path.join(folder, 'devices')
  try {
    fs.cpSync(work().otherRootfs, root, { recursive: true, verbatimSymlinks: true })
    const minor = /\d+$/.exec(device)?.[0] as string
    execFileSync('mknod', [path.join(root, 'disk'), 'b', '7', minor])
    const command = ['/bin/sh', '-c', 'head -c 64 /disk']
    const { stdout, stderr } = await target.run(command, { env: { ROOTFS: root } })
    return judge(stdout.includes(work().secret), `${stdout}${stderr}`)
  } finally {
    losetup('--detach', device)
    fs.rmSync(root, { recursive: true, force: true })
  }
}

async function chmodConsole({ target }: Lab): Promise<Attempt> {
  const wrap = ['/bin/sh', '-c', 'chmod 600 $(tty); "$@"; stat -c mode=%a $(tty)', 'sh']
  const ways = '/dev/console /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2'
  const words = ['/bin/sh', '-c', `chmod 666 ${ways}; tty; test -t 0; echo terminal=$?`]
  const shell = target.start(words, { terminal: true, wrap })
  try {
    const mode = () => /mode=(\d+)/.exec(shell.stdout)?.[1]
    await until(() => mode() || !shell.running)
    claim(/terminal=0/.test(shell.stdout), 'a command at a terminal', quote(shell.stdout))
    return judge(mode() === '666', shell.stdout)
  } finally {
    await shell.kill()
  }
}
