import { execFileSync } from 'node:child_process'
import { type Mount, parseMounts } from '../../../../test/harness/proc'
import type { Cause } from '../cause'
import type { Scene } from '../scene'
import { mountOfHost } from './shared'

const dev = { step: '06-pivot-root', file: 'dev.ts' }
const confined = /^the well-known chroot break-out|^no mount of the host/

/** Where the host's root is mounted in the command's namespace, and whether on another mount. */
async function hostRoots(
  scene: Scene,
): Promise<{ count: number; hosts: Mount[]; pivoted: boolean }> {
  const root = (await scene.hostMounts()).find((mount) => mount.point === '/')
  const { pid } = await scene.shell()
  const words = ['--target', `${pid}`, '--mount', '--pid', 'cat', '/proc/self/mountinfo']
  const mounts = parseMounts(execFileSync('nsenter', words, { encoding: 'utf8' }))
  const hosts = mounts.filter(
    (mount) => mount.dev === root?.dev && mount.root === root.root && mount.source === root.source,
  )
  // Entering puts us in the topmost root, which hides the one below; the command sees that one.
  const below = [...mounts, ...(await scene.mounts())]
  const pivoted = hosts.some(({ parent }) => below.some(({ id }) => id === parent))
  return { count: mounts.length, hosts, pivoted }
}

export const causes: Cause[] = [
  {
    id: 'root-unmounted',
    evidence: async (scene) =>
      (await scene.mounts()).length === 0 &&
      "the command's /proc/PID/mountinfo is empty: not even its root is mounted any more",
    usually:
      'More was unmounted than the old root: the new root, and all that was mounted in it, is gone as well.',
    look: 'Count the calls of umount2 in `child`; in the container: cat /proc/mounts',
    call: "umount2('.', MNT_DETACH) once, while the old root lies on the new one. See pivot_root(2), NOTES.",
    lines: { step: '06-pivot-root', pattern: /umount2\(/ },
  },
  {
    id: 'old-root-left',
    of: confined,
    async evidence(scene) {
      const { count, hosts, pivoted } = await hostRoots(scene)
      const left = hosts.at(-1)
      return (
        pivoted &&
        left &&
        `the mount namespace has the rootfs as its root, and still has the host's ${left.source} at ${left.point}, one of ${count} mounts`
      )
    },
    usually:
      "pivot_root moves the old root out of the way and leaves it mounted, with everything below it: the host's whole disk can still be reached from inside.",
    look: "On the host: sudo findmnt -N PID. Every line that isn't the container's is a way to the host.",
    call: "umount2('.', MNT_DETACH) after pivot_root('.', '.'): lazily, because the program itself still runs from there. See pivot_root(2), NOTES.",
    lines: { step: '06-pivot-root', pattern: /umount2\('|pivot_root\('/ },
  },
  {
    id: 'still-chroot',
    of: confined,
    async evidence(scene) {
      const { hosts, pivoted } = await hostRoots(scene)
      return (
        hosts[0] !== undefined &&
        !pivoted &&
        `the root mount of the mount namespace is ${hosts[0].source}, the host's: only the root directory of the command has changed`
      )
    },
    usually:
      "The root directory was changed with chroot: the root mount of the namespace is still the host's, one `cd ..` away.",
    look: 'On the host: sudo findmnt -N PID, and count the mounts.',
    call: 'pivot_root changes the root mount itself; afterwards the old one can be unmounted. See pivot_root(2).',
    lines: { step: '06-pivot-root', pattern: /MS_BIND \| MS_REC|pivot_root\('|umount2\('/ },
  },
  {
    id: 'bound-from-host',
    of: /^no mount of the host|^\/sys is mounted/,
    evidence: ({ source }) =>
      /^ *(mount\(['`]\/(?:dev|sys|proc)\b.*(?:MS_BIND|\b4096\b).*)/m.exec(source)?.[1],
    usually:
      "A bind mount shows the host's own file system inside, with all that is mounted below it if it has MS_REC.",
    look: 'On the host: sudo findmnt -N PID',
    call: 'A new mount of the type: proc, sysfs, or a tmpfs with the few devices that programs need. See mount(2).',
    lines: { step: '06-pivot-root', pattern: /mount\('(?:proc|sysfs)'|makeDev\(/ },
  },
  {
    id: 'dev-of-host',
    of: /^no mount of the host|^\/dev/,
    evidence: (scene) => mountOfHost(scene, '/dev'),
    usually:
      "The host's own /dev is mounted there: with its disks and terminals, and what is made in it is made on the host.",
    look: 'In the container: grep /dev /proc/mounts',
    call: "mount('dev', '/dev', 'tmpfs', …): an empty one, for the few devices that programs need. devtmpfs is one for all.",
    lines: { ...dev, pattern: /'\/dev', 'tmpfs'|S_IFCHR \|/ },
  },
  {
    id: 'host-mounts-left',
    of: confined,
    usually: "One of the host's mounts is still in the mount namespace of the command.",
    look: 'On the host: sudo findmnt -N PID',
    call: 'Everything below the old root goes with it: umount2 with MNT_DETACH. See umount(2).',
    lines: { step: '06-pivot-root', pattern: /umount2\('/ },
  },
  {
    id: 'no-dev',
    of: /^\/dev/,
    async evidence(scene) {
      const dev = (await scene.mounts()).find(({ point }) => point === '/dev')
      return !dev && "the container's /dev isn't a mount, but the directory in the rootfs"
    },
    usually: 'Nothing made a /dev for the container, and the one in a rootfs is of no use.',
    look: 'In the container: ls -l /dev; echo x > /dev/null; ls -l /dev/null',
    call: 'Mount a tmpfs on /dev; in it, mknod() for each device, devpts for terminals, links for the streams. See null(4), pts(4).',
    lines: { ...dev, pattern: /'\/dev', 'tmpfs'|null', S_IFCHR|devpts'|fd'/ },
  },
  {
    id: 'dev-incomplete',
    of: /^\/dev/,
    usually:
      'A device, a link or a mount in /dev is missing, is one too many, or has the wrong numbers.',
    look: 'In the container: ls -l /dev. The two numbers in place of a size are the major and minor number.',
    call: 'mknod(file, S_IFCHR | 0o666, major, minor); the numbers are in null(4), full(4), random(4) and tty(4).',
    lines: { ...dev, pattern: /symlinkSync\(|mkdirSync\(/ },
  },
  {
    id: 'sys-writable',
    of: /^\/sys is mounted/,
    async evidence(scene) {
      const sys = (await scene.mounts()).find(({ point }) => point === '/sys')
      return sys && `/sys is mounted as ${sys.options}`
    },
    usually: "/sys is writable, and what is written there changes the host's kernel.",
    look: 'In the container: grep /sys /proc/mounts',
    call: 'MS_RDONLY among the flags of the mount. See mount(2) and sysfs(5).',
    lines: { step: '06-pivot-root', pattern: /'sysfs'/ },
  },
  {
    id: 'no-sys',
    of: /^\/sys is mounted/,
    usually: "No sysfs is mounted on the container's /sys.",
    look: 'In the container: ls /sys',
    call: "mount('sysfs', '/sys', 'sysfs', MS_RDONLY | …). See sysfs(5).",
    lines: { step: '06-pivot-root', pattern: /'sysfs'/ },
  },
  {
    id: 'terminal-without-name',
    of: /^at a terminal/,
    usually:
      "Your terminal belongs to the host's devpts. In the container's own /dev it has no name, so the shell has no job control.",
    look: 'npm run step -- my-container/main.ts /bin/sh, then in it: tty; sleep 9 & jobs',
    call: 'Open the terminal before the root changes, and bind-mount it on /dev/console afterwards. See tty(4) and ttyname(3).',
    lines: { step: '06-pivot-root', pattern: /ttyname\(0|openSync\(tty|makeDev\(/ },
  },
]
