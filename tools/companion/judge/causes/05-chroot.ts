import { existsSync, statSync } from 'node:fs'
import type { Cause } from '../cause'

const start = /^the command starts in/
const mytemp = /^a tmpfs is mounted/
const root = /^the command's root|^no file of the host|^ROOTFS/

export const causes: Cause[] = [
  {
    id: 'no-chroot',
    of: new RegExp(`${root.source}|${start.source}`),
    async evidence(scene) {
      const root = statSync(`/proc/${(await scene.shell()).pid}/root/`)
      const host = statSync('/')
      return (
        root.dev === host.dev &&
        root.ino === host.ino &&
        "/proc/PID/root of the command is the host's own /"
      )
    },
    usually: "The root directory is still the host's: nothing has changed it.",
    look: 'In the container: ls / and cat /etc/os-release.',
    call: 'chroot(rootfs) in `child` (step 5), pivot_root from step 6 on. See chroot(2).',
    lines: { step: '05-chroot', pattern: /chroot\(rootfs\)/ },
  },
  {
    id: 'no-chdir',
    of: start,
    async evidence(scene) {
      const [cwd, root] = [await scene.link('cwd'), await scene.link('root')]
      return `/proc/PID/cwd of the command is ${cwd} on the host, and its root ${root}: it stands outside its own root directory`
    },
    usually:
      "chroot changes where paths that start with / begin, but moves no one: without a chdir the working directory stays outside, and `cd ..` walks through the host's files.",
    look: 'In the container: ls . and then ls ../..; on the host: sudo readlink /proc/PID/cwd.',
    call: "process.chdir('/') after chroot. See chroot(2), which says so in its third paragraph.",
    lines: { step: '05-chroot', pattern: /chroot\(rootfs\)|chdir\('/ },
  },
  {
    id: 'rootfs-fixed',
    of: root,
    async evidence(scene) {
      const { pid } = await scene.shell()
      return (
        !existsSync(`/proc/${pid}/root/which-rootfs`) &&
        `ROOTFS was ${scene.target.rootfs}, and the root of the command is ${await scene.link('root')}`
      )
    },
    usually:
      'The path of the rootfs is fixed in the program, so it runs only with that one, on your machine.',
    look: 'ROOTFS=/some/other/directory … run /bin/ls /',
    call: "import { rootfs } from '#rootfs': that is process.env.ROOTFS, or rootfs/busybox if it isn't set.",
    lines: { step: '05-chroot', pattern: /'#rootfs'/ },
  },
  {
    id: 'working-directory',
    of: start,
    usually: "The working directory of the command isn't the root directory of the container.",
    look: 'In the container: pwd, and ls .',
    call: "process.chdir('/') after the root has changed. See chdir(2).",
    lines: { step: '05-chroot', pattern: /chdir\('/ },
  },
  {
    id: 'rootfs-not-used',
    of: root,
    usually: 'The root of the container holds other files than the rootfs that ROOTFS names.',
    look: 'In the container: ls -la /. On the host: sudo ls /proc/PID/root/',
    call: "import { rootfs } from '#rootfs', then chroot() or pivot_root(). See chroot(2).",
    lines: { step: '05-chroot', pattern: /'#rootfs'|chroot\(rootfs\)/ },
  },
  {
    id: 'rootfs-changed',
    of: /^a run leaves nothing/,
    usually:
      'Something was written into the root file system, a directory of the host that all containers share: the next one finds it there.',
    look: 'find rootfs/busybox -newer my-container/main.ts, after a run',
    call: "Only what lies on a mount of the container's own ends with it: mount a tmpfs, or bind-mount a file over the one in the rootfs. See mount(2).",
    lines: { step: '05-chroot', pattern: /'tmpfs'/ },
  },
  {
    id: 'no-mytemp',
    of: mytemp,
    usually:
      "No tmpfs was mounted on the container's /mytemp, so what is written there lands in the rootfs on the host.",
    look: 'In the container: cat /proc/mounts. On the host: ls rootfs/busybox/mytemp.',
    call: "mount('thing', '/mytemp', 'tmpfs') after the root has changed. See tmpfs(5).",
    lines: { step: '05-chroot', pattern: /\/mytemp/ },
  },
]
