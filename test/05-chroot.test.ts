import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { breakOut } from './harness/breakout'
import { claim, quote } from './harness/claim'
import { mountinfo, parseMounts, tryRead } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import { leaveRoot, newRoot } from './harness/roots'
import { work } from './harness/work'

export const claims: Claim[] = [
  {
    name: "the command's root directory is the rootfs",
    async check(target) {
      const shell = await target.live()
      const root = `/proc/${shell.pid}/root`
      claim(
        identity(`${root}/`) !== identity('/'),
        "another root directory than the host's",
        'the same directory',
      )
      claim(
        tryRead(`${root}/which-rootfs`) === 'test\n',
        `the rootfs ${target.rootfs} as root directory`,
        quote(readdirSync(root).join(' ')),
      )
    },
  },
  {
    name: 'no file of the host is visible inside',
    async check(target) {
      const shell = await target.live()
      const { hostMarker } = work()
      const { rootfs } = target
      const { status, output } = await shell.ask(`cat ${hostMarker}`)
      claim(status !== 0, `no ${hostMarker} inside`, quote(output))
      const names = (await shell.ask('ls -A /')).output.split(/\s+/)
      const foreign = names.filter((name) => !existsSync(`${rootfs}/${name}`))
      claim(foreign.length === 0, 'the names of the rootfs in / and no other', foreign.join(', '))
    },
  },
  {
    name: "the command starts in the container's root directory, not in one of the host's",
    async check(target) {
      const shell = await target.live()
      const cwd = identity(`/proc/${shell.pid}/cwd/`)
      claim(
        cwd === identity(`/proc/${shell.pid}/root/`),
        '/ of the container as working directory',
        quote((await shell.ask('pwd')).output),
      )
      claim(
        cwd !== identity('/'),
        "a working directory which is not the host's",
        'the / of the host',
      )
    },
  },
  {
    name: "ROOTFS chooses the root file system; without it, that's rootfs/busybox",
    starts: 2,
    async check(target) {
      await target.ownHost()
      const other = newRoot('other')
      try {
        for (const [rootfs, name] of [
          [other, 'other'],
          [undefined, 'test'],
        ] as const) {
          const env = { ROOTFS: rootfs }
          const { stdout, stderr } = await target.run(['/bin/cat', '/which-rootfs'], { env })
          claim(
            stdout.toString().split('\n').includes(name),
            `the root file system ${rootfs ?? 'rootfs/busybox, as ROOTFS is not set'}`,
            `/which-rootfs says ${quote(stdout)}; stderr: ${quote(stderr)}`,
          )
        }
      } finally {
        leaveRoot(other)
      }
    },
  },
  {
    name: 'a run leaves nothing in the root file system, and changes nothing there',
    starts: 1,
    always: true,
    async check(target) {
      const root = newRoot()
      try {
        const before = contents(root)
        await target.run(['/bin/true'], { env: { ROOTFS: root } })
        const now = contents(root)
        const changed = [
          ...now.filter((line) => !before.includes(line)),
          ...before.filter((line) => !now.includes(line)),
        ].map((line) => line.replace(/ .*/, ''))
        const meaning = 'the same files in the root file system after a run'
        const names = [...new Set(changed)].slice(0, 6).join(', ')
        claim(changed.length === 0, meaning, `new, changed or gone: ${names}`)
      } finally {
        leaveRoot(root)
      }
    },
  },
  {
    name: 'a tmpfs is mounted on /mytemp, and nothing written there reaches the host',
    async check(target) {
      const shell = await target.live()
      const mounts = parseMounts(mountinfo(shell.pid))
      const mount = mounts.find(({ point }) => point.endsWith('/mytemp'))
      claim(
        mount?.type === 'tmpfs',
        'a tmpfs on /mytemp',
        mount ? `${mount.type} on ${mount.point}` : 'no mount on /mytemp',
      )
      const { status, output } = await shell.ask('echo inside > /mytemp/file && cat /mytemp/file')
      claim(status === 0 && output === 'inside', 'a file in /mytemp', quote(output))
      const left = readdirSync(`${target.rootfs}/mytemp`)
      claim(left.length === 0, 'an empty folder mytemp in the rootfs on the host', left.join(', '))
    },
  },
  {
    name: 'the well-known chroot break-out works here: it reads a file of the host',
    always: true,
    only: true,
    async check(target) {
      const said = await breakOut(target)
      claim(said === `escaped: ${work().secret}`, "the content of the host's file", quote(said))
    },
  },
]

prove('05-chroot', claims)

/** Every file, with what a change to it changes; a directory as long as it's there. */
function contents(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { mode, size, mtimeMs, uid } = lstatSync(`${root}/${name}`)
    const isFile = (mode & 0o170000) === 0o100000
    return [`/${name}`, mode.toString(8), uid, ...(isFile ? [size, mtimeMs] : [])].join(' ')
  })
}

/** Device and inode: what makes a file the same file. */
function identity(file: string): string {
  const { dev, ino } = statSync(file)
  return `${dev}:${ino}`
}
