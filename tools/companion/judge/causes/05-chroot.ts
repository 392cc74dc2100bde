import { existsSync } from 'node:fs'
import { work } from '../../../../test/harness/work'
import type { Cause } from '../cause'

const root = /^the command's root directory|^no file of the host|^ROOTFS/

export const causes: Cause[] = [
  {
    id: 'no-chroot',
    of: new RegExp(`${root.source}|^the command starts in`),
    evidence: async (scene) =>
      (await scene.is('root', '/')) && "/proc/PID/root of the command is the host's own /",
    usually: 'The root directory is still that of the host: nothing has changed it.',
    look: 'In the container: ls / and cat /etc/os-release.',
    call: 'chroot(rootfs) in `child` (step 5), pivot_root from step 6 on. See chroot(2).',
    lines: { step: '05-chroot', pattern: /chroot\(rootfs\)/ },
  },
  {
    id: 'no-chdir',
    of: /^the command starts in/,
    async evidence(scene) {
      return `/proc/PID/cwd of the command is ${await scene.link('cwd')} on the host, and its root ${await scene.link('root')}: it stands outside of its own root directory`
    },
    usually:
      'chroot changes where paths that start with / begin, and does not move anyone: without a chdir the working directory stays outside, and `cd ..` walks through the host.',
    look: 'In the container: ls . and then ls ../..; on the host: sudo readlink /proc/PID/cwd.',
    call: "process.chdir('/') after chroot. See chroot(2), which says so in its third paragraph.",
    lines: { step: '05-chroot', pattern: /chroot\(rootfs\)|chdir\('/ },
  },
  {
    id: 'rootfs-fixed',
    of: root,
    async evidence(scene) {
      const shell = await scene.shell()
      return (
        !existsSync(`/proc/${shell.pid}/root/which-rootfs`) &&
        `ROOTFS was ${work().rootfs}, and the root of the command is ${await scene.link('root')}`
      )
    },
    usually:
      'The path of the rootfs is fixed in the program, so it runs with that one on your machine alone.',
    look: 'ROOTFS=/some/other/directory … run /bin/ls /',
    call: 'process.env.ROOTFS, and rootfs/busybox when it is not set.',
    lines: { step: '05-chroot', pattern: /^const rootfs/ },
  },
  {
    id: 'working-directory',
    of: /^the command starts in/,
    usually: 'The working directory of the command is not the root directory of the container.',
    look: 'In the container: pwd, and ls .',
    call: "process.chdir('/') after the root has changed. See chdir(2).",
    lines: { step: '05-chroot', pattern: /chdir\('/ },
  },
  {
    id: 'rootfs-not-used',
    of: root,
    usually: 'The root of the container holds other files than the rootfs that ROOTFS names.',
    look: 'In the container: ls -la /. On the host: sudo ls /proc/PID/root/',
    call: 'process.env.ROOTFS, then chroot() or pivot_root(). See chroot(2).',
    lines: { step: '05-chroot', pattern: /^const rootfs|chroot\(rootfs\)/ },
  },
  {
    id: 'no-mytemp',
    of: /^a tmpfs is mounted/,
    usually:
      'No tmpfs was mounted on /mytemp of the container, so what is written there is in the rootfs on the host.',
    look: 'In the container: cat /proc/mounts. On the host: ls rootfs/busybox/mytemp.',
    call: "mount('thing', '/mytemp', 'tmpfs') after the root has changed. See tmpfs(5).",
    lines: { step: '05-chroot', pattern: /\/mytemp/ },
  },
]
