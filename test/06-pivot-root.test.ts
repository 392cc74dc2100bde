import { execFileSync } from 'node:child_process'
import { lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import * as path from 'node:path'
import {
  argv,
  descendants,
  type Mount,
  mountinfo,
  parseMounts,
  status,
  until,
} from './harness/proc'
import { type Claim, claim, HarnessError, quote } from './harness/claim'
import type { Target } from './harness/target'
import { Terminal } from './harness/terminal'
import { prove } from './harness/prove'
import { breakOut } from './harness/breakout'

/** All mounts of the namespace, those above the root directory of the command as well. */
function mountsAround(pid: number): Mount[] {
  try {
    // Entered anew, one stands in the root of the mount namespace, wherever a chroot has put the command.
    const text = execFileSync(
      'nsenter',
      ['--target', String(pid), '--mount', '--pid', 'cat', '/proc/self/mountinfo'],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    return parseMounts(text)
  } catch (error) {
    throw new HarnessError(`nsenter: ${(error as Error).message}`)
  }
}

/** What a container may have besides its root. */
const own = (mount: Mount) =>
  /^\/(proc|dev|mytemp)(\/|$)/.test(mount.point) ||
  mount.point === '/sys' ||
  (mount.point === '/run' &&
    mount.type === 'tmpfs' &&
    !parseMounts(mountinfo('self')).some(({ dev }) => dev === mount.dev)) ||
  (mount.point.startsWith('/sys/fs/cgroup') && mount.type.startsWith('cgroup')) ||
  /^\/etc\/(hosts|hostname|resolv\.conf)$/.test(mount.point)

const numbers = (file: string) => {
  const { rdev } = statSync(file)
  return `${Math.floor(rdev / 256)}:${rdev % 256}`
}

const nodes = { null: '1:3', zero: '1:5', full: '1:7', random: '1:8', urandom: '1:9', tty: '5:0' }
const links = {
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
}

/** Lets a person sit at an interactive shell in the container, behind its first prompt. */
async function atTerminal(
  target: Target,
  act: (terminal: Terminal) => Promise<void>,
): Promise<void> {
  const terminal = new Terminal(target, ['/bin/sh'])
  try {
    terminal.type('echo re""ady\n')
    await terminal.shows(/^ready$/m, 'an interactive shell at a terminal', 15_000)
    await act(terminal)
    terminal.type('exit 5\n')
    const status = await terminal.status()
    claim(
      status === 5,
      'status 5 of `exit 5`',
      `${status}; the screen shows ${quote(terminal.screen)}`,
    )
  } finally {
    await terminal.close()
  }
}

/** Waits for the `sleep` that was typed to be in a state. */
async function foreground(terminal: Terminal, state: RegExp, meaning: string): Promise<void> {
  const seen = () => {
    const pid = descendants(terminal.pid).find((pid) => argv(pid)[0] === 'sleep')
    return pid === undefined ? 'no such process' : (status(pid, 'State') ?? 'gone')
  }
  await until(() => state.test(seen()))
  claim(state.test(seen()), meaning, `${seen()}; the screen shows ${quote(terminal.screen)}`)
}

export const claims: Claim[] = [
  {
    name: 'the well-known chroot break-out fails',
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
      const shell = await target.live()
      const mounts = mountsAround(shell.pid)
      const roots = mounts.filter((mount) => mount.point === '/')
      const hostRoot = parseMounts(mountinfo('self')).find((mount) => mount.point === '/')
      claim(
        roots.length === 1 &&
          !(
            roots[0]?.root === hostRoot?.root &&
            roots[0]?.source === hostRoot?.source &&
            roots[0]?.type === hostRoot?.type
          ),
        'the rootfs as the one root of the mount namespace',
        roots.map((mount) => `${mount.root} of ${mount.source} on /`).join(', '),
      )
      const left = mounts
        .filter((mount) => mount.point !== '/' && !own(mount))
        .map((mount) => mount.point)
      claim(left.length === 0, "no mount point but the container's own", left.join(', '))
    },
  },
  {
    name: '/dev has the minimal set of devices, with the right numbers, and no others',
    async check(target) {
      const shell = await target.live()
      const dev = `/proc/${shell.pid}/root/dev`
      const seen = readdirSync(dev)
      const needed = [...Object.keys(nodes), ...Object.keys(links), 'ptmx', 'pts', 'shm']
      const missing = needed.filter((name) => !seen.includes(name))
      claim(missing.length === 0, `${needed.join(' ')} in /dev`, `no ${missing.join(' ')}`)
      // A console or queues may come with later steps.
      const more = seen.filter((name) => ![...needed, 'console', 'mqueue'].includes(name))
      claim(
        more.length === 0,
        `${needed.join(' ')} and no more in /dev`,
        `${more.join(' ')} as well`,
      )
      for (const [name, expected] of Object.entries(nodes)) {
        const isDevice = lstatSync(path.join(dev, name)).isCharacterDevice()
        const found = isDevice ? numbers(path.join(dev, name)) : 'no character device'
        claim(found === expected, `the device ${expected} as /dev/${name}`, found)
        const mode = (statSync(path.join(dev, name)).mode & 0o777).toString(8)
        claim(mode === '666', `mode 666 of /dev/${name}`, mode)
      }
      for (const [name, expected] of Object.entries(links)) {
        const found = lstatSync(path.join(dev, name)).isSymbolicLink()
          ? readlinkSync(path.join(dev, name))
          : 'no link'
        claim(found === expected, `/dev/${name} → ${expected}`, found)
      }
      const { output } = await shell.ask('stat -L -c "%t:%T" /dev/ptmx; ls -d /dev/pts/ptmx')
      claim(/^5:2\b/.test(output), 'the device 5:2 as /dev/ptmx', quote(output))
    },
  },
  {
    name: '/dev/null swallows, /dev/zero gives zeros, /dev/full is full',
    async check(target) {
      const shell = await target.live()
      const { output } = await shell.ask(
        'echo x > /dev/null; [ -c /dev/null ] && [ ! -s /dev/null ] && echo swallowed; head -c 4 /dev/zero | od -An -tx1; echo x > /dev/full || echo full',
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
      const sys = parseMounts(mountinfo(shell.pid)).find((mount) => mount.point.endsWith('/sys'))
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
    async check(target) {
      await atTerminal(target, async (terminal) => {
        terminal.type('tty; echo "status=$?"\n')
        const said = await terminal.shows(/^status=\d/m, 'an answer of `tty`')
        claim(
          /^\/dev\/\S+\n/m.test(said) && said.includes('status=0'),
          'a name in /dev from `tty`',
          quote(said),
        )

        terminal.type('sleep 300\n')
        await foreground(terminal, /^[SR]/, 'the command that was typed to run')
        terminal.type('\x03')
        terminal.type('echo "after=$?"\n')
        await terminal.shows(
          /^after=130$/m,
          'Ctrl-C to end the foreground command, with status 130, and not the shell',
        )

        terminal.type('sleep 300\n')
        await foreground(terminal, /^[SR]/, 'the command that was typed to run')
        terminal.type('\x1a')
        await foreground(terminal, /^T/, 'Ctrl-Z to stop the foreground command')
        terminal.type('jobs\n')
        await terminal.shows(/Stopped/, 'a stopped command in the list of `jobs`')

        terminal.type('fg\n')
        await foreground(terminal, /^[SR]/, '`fg` to continue the stopped command')
        terminal.type('\x03')
        terminal.type('echo "back=$?"\n')
        await terminal.shows(/^back=130$/m, 'Ctrl-C to end the command that `fg` continued')

        const words = /can't access tty|job control turned off|no job control/.exec(terminal.screen)
        claim(words === null, 'a shell that does not complain about its terminal', words?.[0] ?? '')
      })
    },
  },
]

prove('06-pivot-root', claims)
