import { execFileSync } from 'node:child_process'
import { lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import * as path from 'node:path'
import { breakOut } from './harness/breakout'
import { claim, HarnessError, quote } from './harness/claim'
import { type Mount, mountinfo, parseMounts } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import { atTerminal } from './harness/terminal'

const nodes = { null: '1:3', zero: '1:5', full: '1:7', random: '1:8', urandom: '1:9', tty: '5:0' }
const links = {
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
}
const needed = [...Object.keys(nodes), ...Object.keys(links), 'ptmx', 'pts', 'shm']

export const claims: Claim[] = [
  {
    name: 'the well-known chroot break-out fails',
    starts: 1,
    async check(target) {
      const said = await breakOut(target)
      claim(
        said.startsWith('confined'),
        'no file of the host for a program that leaves a chroot',
        quote(said),
      )
    },
  },
  {
    name: 'no mount of the host is left in the mount namespace',
    async check(target) {
      await target.ownHost()
      const mounts = mountsAround((await target.live()).pid)
      const roots = mounts.filter((mount) => mount.point === '/')
      claim(
        roots.length === 1 && !roots.some(isHostRoot),
        'the rootfs as the one root of the mount namespace',
        roots.map((mount) => `${mount.root} of ${mount.source} on /`).join(', '),
      )
      const host = parseMounts(mountinfo(await target.ownHost()))
      const left = mounts.filter((mount) => mount.point !== '/' && !isOwn(mount, host))
      const points = left.map((mount) => mount.point)
      claim(left.length === 0, "no mount point but the container's own", points.join(', '))
    },
  },
  {
    name: '/dev has what programs need, with the right numbers, and nothing that reaches the host',
    async check(target) {
      const shell = await target.live()
      const dev = `/proc/${shell.pid}/root/dev`
      const seen = readdirSync(dev)
      const missing = needed.filter((name) => !seen.includes(name))
      claim(missing.length === 0, `${needed.join(' ')} in /dev`, `no ${missing.join(' ')}`)
      const bad = seen.filter((name) => reachesHost(path.join(dev, name)))
      claim(bad.length === 0, 'no disk, memory or terminal of the host in /dev', bad.join(' '))
      for (const [name, numbers] of Object.entries(nodes)) isNode(path.join(dev, name), numbers)
      for (const [name, to] of Object.entries(links)) isLink(path.join(dev, name), to)
      const { output } = await shell.ask('stat -L -c "%t:%T %a" /dev/ptmx; stat -c %a /dev/shm')
      const [ptmx = '', shm = ''] = output.split('\n')
      claim(/^5:2 \d*666$/.test(ptmx), 'the device 5:2 as /dev/ptmx, mode 666', quote(ptmx))
      claim(shm === '1777', '/dev/shm with mode 1777, for all to use', quote(shm))
    },
  },
  {
    name: '/dev/null swallows, /dev/zero gives zeros, /dev/full is full',
    async check(target) {
      const shell = await target.live()
      const { output } = await shell.ask(
        [
          'echo x > /dev/null; [ -c /dev/null ] && [ ! -s /dev/null ] && echo swallowed',
          'head -c 4 /dev/zero | od -An -tx1',
          'echo x > /dev/full || echo full',
        ].join('\n'),
      )
      claim(
        /^swallowed\s+00 00 00 00\s[\s\S]*full$/.test(output),
        '`> /dev/null` to swallow, four zeros, and an error of /dev/full',
        quote(output),
      )
    },
  },
  {
    name: '/sys is mounted read-only',
    async check(target) {
      const shell = await target.live()
      const sys = parseMounts(mountinfo(shell.pid)).find(({ point }) => point.endsWith('/sys'))
      claim(
        sys?.type === 'sysfs' && sys.options.split(',').includes('ro'),
        'a sysfs on /sys, read-only',
        sys === undefined ? 'no mount on /sys' : `${sys.type} on ${sys.point}, ${sys.options}`,
      )
      const { status, output } = await shell.ask('echo x > /sys/kernel/profiling')
      claim(
        status !== 0 && /read-only/i.test(output),
        'a write to /sys to fail: read-only',
        quote(output),
      )
    },
  },
  {
    name: 'at a terminal, `tty` names it and the shell has job control',
    starts: 2,
    async check(target) {
      await atTerminal(target, async (terminal) => {
        terminal.type('tty; echo "status=$?"\n')
        const said = await terminal.shows(/^status=\d/m, 'an answer of `tty`')
        const isNamed = /^\/dev\/\S+\n/m.test(said) && said.includes('status=0')
        claim(isNamed, 'a name in /dev from `tty`', quote(said))

        terminal.type('sleep 300\n')
        await terminal.foreground(/^[SR]/, 'the command that was typed to run')
        terminal.type('\x03')
        terminal.type('echo "after=$?"\n')
        await terminal.shows(
          /^after=130$/m,
          'Ctrl-C to end the foreground command, with status 130, and not the shell',
        )

        terminal.type('sleep 300\n')
        await terminal.foreground(/^[SR]/, 'the command that was typed to run')
        terminal.type('\x1a')
        await terminal.foreground(/^T/, 'Ctrl-Z to stop the foreground command')
        terminal.type('jobs\n')
        await terminal.shows(/Stopped/, 'a stopped command in the list of `jobs`')

        terminal.type('fg\n')
        await terminal.foreground(/^[SR]/, '`fg` to continue the stopped command')
        terminal.type('\x03')
        terminal.type('echo "back=$?"\n')
        await terminal.shows(/^back=130$/m, 'Ctrl-C to end the command that `fg` continued')

        const complaint = /can't access tty|job control turned off|no job control/
        const words = complaint.exec(terminal.screen)
        claim(words === null, "a shell that doesn't complain about its terminal", words?.[0] ?? '')
      })
    },
  },
]

prove('06-pivot-root', claims)

/** All mounts of the namespace, including those above the command's root directory. */
function mountsAround(pid: number): Mount[] {
  // Entering a mount namespace leads to its root, wherever a chroot has put the command.
  const enter = ['--target', `${pid}`, '--mount', '--pid', 'cat', '/proc/self/mountinfo']
  try {
    return parseMounts(execFileSync('nsenter', enter, { encoding: 'utf8', stdio: 'pipe' }))
  } catch (error) {
    throw new HarnessError(`nsenter: ${(error as Error).message}`)
  }
}

function isHostRoot({ root, source, type }: Mount): boolean {
  const host = parseMounts(mountinfo('self')).find((mount) => mount.point === '/')
  return root === host?.root && source === host.source && type === host.type
}

/**
 * A file system that the host hasn't mounted is the container's own. Those of the kernel may be the
 * same as on the host; of its files a container gets devices, and what replaces files in /etc.
 */
function isOwn({ point, type, dev, root }: Mount, host: Mount[]): boolean {
  if (!host.some((mount) => mount.dev === dev)) return true
  if (/^(proc|sysfs|mqueue|cgroup2?)$/.test(type)) return /^\/(proc|sys|dev)(\/|$)/.test(point)
  if (/^(dev)?tmpfs$/.test(type) && root === '/null') return true // it hides a file
  if (/^\/dev\/\w+$/.test(point)) return root !== '/' // a device
  return /^\/etc\/(hosts|hostname|resolv\.conf)$/.test(point)
}

/** Whether it's a device beyond those that every container may have. */
function reachesHost(file: string): boolean {
  const stats = lstatSync(file)
  const harmless = /^(1:[35789]|5:[012]|136:\d+|10:200|10:229)$/
  return stats.isBlockDevice() || (stats.isCharacterDevice() && !harmless.test(numbersOf(file)))
}

function numbersOf(file: string): string {
  const { rdev } = statSync(file)
  return `${Math.floor(rdev / 256)}:${rdev % 256}`
}

function isNode(file: string, expected: string): void {
  const name = path.basename(file)
  const { mode } = statSync(file)
  const found = lstatSync(file).isCharacterDevice() ? numbersOf(file) : 'no character device'
  claim(found === expected, `the device ${expected} as /dev/${name}`, found)
  const octal = (mode & 0o777).toString(8)
  claim((mode & 0o666) === 0o666, `a mode such as 666 of /dev/${name}, for all to use`, octal)
}

function isLink(file: string, to: string): void {
  const target = lstatSync(file).isSymbolicLink() ? path.resolve('/dev', readlinkSync(file)) : ''
  const found = target.replace(/^\/dev\/fd\b/, '/proc/self/fd') || 'no link'
  claim(found === to, `/dev/${path.basename(file)} → ${to}`, found)
}
