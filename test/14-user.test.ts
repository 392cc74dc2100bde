import { chownSync, copyFileSync, closeSync, existsSync, lstatSync } from 'node:fs'
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import * as path from 'node:path'
import { hostileRootfs } from './escapes/lab'
import { claim, quote } from './harness/claim'
import { ownNamespace } from './harness/namespace'
import { status } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import type { Ended, Target } from './harness/target'
import { becoming, ordinaryUser, whyNotOrdinary } from './harness/user'
import { leaveRoot, newRoot } from './harness/roots'
import { work } from './harness/work'

export const claims: Claim[] = [
  {
    name: 'the command has its own user namespace',
    check: ownNamespace('user'),
  },
  {
    name: 'root inside is no user of the host',
    async check(target) {
      const { pid } = await target.live()
      for (const kind of ['uid', 'gid']) {
        const map = readFileSync(`/proc/${pid}/${kind}_map`, 'utf8').trim()
        const [inside, outside, count] = map.split(/\s+/).map(Number) as [number, number, number]
        claim(
          inside === 0 && outside >= 65536 && count >= 65536,
          `0 and 65535 more in ${kind}_map, and 65536 or greater outside`,
          quote(map),
        )
      }
      const ids = [status(pid, 'Uid'), status(pid, 'Gid')].join(' ').split(/\s/)
      claim(
        ids.every((id) => Number(id) >= 65536),
        'a shell that has a user and a group of 65536 or more on the host',
        ids.join(' '),
      )
    },
  },
  {
    name: 'root inside has power over its own namespaces only',
    async check(target) {
      const shell = await target.live()
      const { output } = await shell.ask('cat /proc/sys/kernel/ngroups_max; id -u')
      claim(/\b0$/.test(output), 'root in the container', quote(output))
      const owners = `/proc/${shell.pid}/root/proc/sys/kernel`
      const { uid } = lstatSync(owners)
      claim(uid === 0, '/proc/sys/kernel to stay of the host', `${uid}`)
      const { output: said } = await shell.ask('ls -ldn /proc/sys/kernel')
      claim(/ 65534 +65534 /.test(said), "the host's root to be nobody inside", quote(said))
    },
  },
  {
    name: 'what root inside writes to a --layer directory belongs to no user of the host',
    starts: 1,
    async check(target) {
      const layer = newFolder()
      const options = ['--layer', layer]
      const ended = await target.run(['/bin/sh', '-c', ': > /by-root'], { options })
      const file = path.join(layer, 'upper', 'by-root')
      const found = existsSync(file) ? `owner ${lstatSync(file).uid}` : quote(ended.stderr)
      claim(
        existsSync(file) && lstatSync(file).uid >= 65536,
        'the file in the layer, with an owner of 65536 or greater',
        found,
      )
    },
  },
  {
    name: 'the rootfs shows the owners that it has, and keeps them',
    starts: 1,
    always: true, // as root, without a user namespace, it does too
    async check(target) {
      const rootfs = newRoot()
      const file = path.join(rootfs, 'owned')
      writeFileSync(file, '')
      chownSync(file, 5, 6)
      const script = 'stat -c %u:%g /owned; chown 7:8 /owned /bin; stat -c %u:%g /owned /bin'
      try {
        const ended = await target.run(['/bin/sh', '-c', script], { env: { ROOTFS: rootfs } })
        const seen = `${ended.stdout}`.trim().split('\n').join(' ')
        claim(seen === '5:6 7:8 7:8', 'owner 5:6 in the container, then 7:8', seen + ended.stderr)
        const after = ['owned', 'bin'].map((name) => lstatSync(path.join(rootfs, name)))
        const owners = after.map(({ uid, gid }) => `${uid}:${gid}`).join(' ')
        claim(owners === '5:6 0:0', 'the same owners in the rootfs as before, 5:6 and 0:0', owners)
      } finally {
        rmSync(file)
        leaveRoot(rootfs)
      }
    },
  },
  {
    name: "a directory of the host's root gives away nothing of root's, and can't be written to",
    starts: 1,
    async check(target) {
      const folder = newFolder()
      writeFileSync(path.join(folder, 'secret'), work().secret, { mode: 0o600 })
      const script = 'cat /proc/self/fd/0/secret; : > /proc/self/fd/0/new'
      const { stdout, stderr } = await inFolder(target, folder, script)
      const said = `${stdout}${stderr}`
      const denied = said.match(/permission denied/gi)?.length
      const made = existsSync(path.join(folder, 'new')) ? 'a new file on the host; ' : ''
      claim(denied === 2 && !made, 'permission denied, both times', made + quote(said))
    },
  },
  {
    name: "Node, as /proc/self/exe, can't be written to (CVE-2019-5736)",
    starts: 1,
    check: async (target) => readOnlyNode(await openNode(target, 0)),
  },
  {
    name: 'an ordinary user runs it without any privilege, and their terminal keeps its mode',
    starts: 1,
    impossible: whyNotOrdinary,
    async check(target) {
      const look =
        'echo begin; id -u; cat /proc/self/uid_map; hostname; echo $$; echo new > /new; cat /new'
      const script = `${look}; chmod 666 /dev/fd/0; stat -L -c 'mode %a' /dev/fd/0`
      const env = { TMPDIR: newFolder(ordinaryUser()) }
      const options = { user: ordinaryUser(), env, terminal: true }
      const ended = await target.run(['/bin/sh', '-c', script], options)
      // At a terminal, what the program says on stderr comes first.
      const seen = `${ended.stdout}`.trim().split(/\s+/).join(' ')
      const [, name] = new RegExp(`begin 0 0 ${ordinaryUser()} 1 (\\S+) 1 new `).exec(seen) ?? []
      claim(
        name !== undefined && name !== target.hostName(),
        `0, a map of 0 to ${ordinaryUser()}, its own host name and process IDs, and a file`,
        seen,
      )
      const isKept = /Read-only file system.* mode 6[02]0$/.test(seen)
      claim(isKept, 'chmod of the terminal to fail, because its mount is read-only', seen)
    },
  },
  {
    name: "nor can an ordinary user's own Node",
    starts: 1,
    impossible: whyNotOrdinary,
    check: async (target) => readOnlyNode(await openNode(target, ordinaryUser())),
  },
]

prove('14-user', claims)

/** A directory of root's or of somebody else's, which others may enter. */
function newFolder(owner = 0): string {
  const folder = mkdtempSync(path.join(work().folder, 'user-'))
  chownSync(folder, owner, owner)
  chmodSync(folder, 0o755)
  return folder
}

/** Runs a script whose standard input is open on a directory of the host. */
async function inFolder(target: Target, folder: string, script: string): Promise<Ended> {
  const fd = openSync(folder, 'r')
  try {
    return await target.run(['/bin/sh', '-c', script], { stdio: [fd, 'pipe', 'pipe'] })
  } finally {
    closeSync(fd)
  }
}

// A rootfs with an ELF interpreter of its own: with it, `run /proc/self/exe` starts the host's Node
// once more, and it opens Node for what comes after it. It's a copy, which the user may change, on
// another mount than the host's root directory: there are systems with a mount for /home, or /usr.
async function openNode(target: Target, user: number): Promise<Ended> {
  const folder = newFolder()
  const node = path.join(folder, 'node')
  copyFileSync(process.execPath, node)
  chownSync(node, user, user)
  const program = path.join(folder, 'probe')
  const script = 'echo opening; : > /proc/self/fd/9 && echo opened'
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const ROOTFS = hostileRootfs({ folder, program })
  mkdirSync(path.join(ROOTFS, 'proc'), { recursive: true })
  const onMount = ['sh', '-c', `mount --bind ${folder} ${folder}; exec "$@"`, 'sh']
  const byNode = ['sh', '-c', `shift; exec ${node} "$@"`, 'sh']
  const wrap = ['unshare', '--mount', ...onMount, ...(user ? becoming(user) : []), ...byNode]
  return target.run(['/proc/self/exe'], { wrap, env: { ROOTFS, TMPDIR: newFolder(user) } })
}

function readOnlyNode({ stdout, stderr, status }: Ended): void {
  const said = `${stdout}${stderr}`
  claim(
    said.startsWith('opening') && /read-only file system|permission denied/i.test(said),
    'a read-only file system, or permission denied',
    `status ${status}, ${quote(said)}`,
  )
}
