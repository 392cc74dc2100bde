// Errors of mounts, of layers, and of changing the root directory.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { filesIn } from '../../../learner'
import type { Cause } from '../../cause'
import { noOverlay } from '../11-overlay'
import { says } from '../says'
import { flagMissing, onFreshHost } from '../shared'

const noMounts = flagMissing('mnt', 'CLONE_NEWNS', { step: '04-mount', pattern: /CLONE_NEWNS/ })

export const causes: Cause[] = [
  {
    id: 'unknown-file-system',
    evidence: says(/ENODEV\S* .*mount '.*/),
    usually:
      'The kernel knows no file system of this type: the third argument is misspelt, or stands in another place.',
    look: 'cat /proc/filesystems',
    call: "mount(source, target, type, flags, options): 'proc', 'tmpfs', 'sysfs', 'devpts', 'cgroup2', 'mqueue', 'overlay'. See mount(2).",
    lines: { step: '04-mount', pattern: /mount\('proc'/ },
  },
  {
    id: 'no-old-root-yet',
    evidence: says(/EINVAL\S* .*umount2 '\.'.*/),
    usually:
      "What is unmounted as '.' is the old root, which lies on top of the new one. At this moment it isn't there yet, or '.' is another directory.",
    look: 'In which order does `child` call them?',
    call: "pivot_root('.', '.') puts the old root on top, and umount2('.', MNT_DETACH) takes it off. See pivot_root(2), NOTES.",
    lines: { step: '06-pivot-root', pattern: /pivot_root\('|umount2\('/ },
  },
  {
    id: 'unmounted-source',
    evidence: says(
      /(EINVAL|ENOENT)\S* .*umount2 '([^']*)'/,
      ([, code, name]) => `umount2('${name}') failed with ${code}: nothing is mounted at that path`,
    ),
    usually:
      'The source of the mount was unmounted, not its target. umount2 takes the mount point, the second argument of mount(); the first is only what is mounted there. The Go program of the talk makes this very mistake and panics on exit.',
    look: 'In a container, look at `cat /proc/mounts`: the first column is the source, the second the target.',
    call: "umount2(target, flags), see umount(2): '/mytemp', not 'thing'. A mount in the container's own mount namespace goes away with it, so it needs no unmounting at all; the old root does, as '.'.",
    lines: { step: '06-pivot-root', pattern: /umount2\(/ },
  },
  {
    id: 'path-of-the-host',
    evidence({ said }) {
      const [, call, path = ''] = /ENOENT\S* .*(chdir|chroot)\b.*?'(\/[^']*)'$/m.exec(said) ?? []
      return (
        path !== '' && existsSync(path) && `${path} is there on the host, where ${call} is too late`
      )
    },
    usually:
      'When the root directory has changed, paths that begin with / begin there: that of the rootfs is gone.',
    look: 'In which order does `child` call them?',
    call: "process.chdir(rootfs) before the root changes, process.chdir('/') after it.",
    lines: { step: '06-pivot-root', pattern: /chdir\(|pivot_root\('/ },
  },
  {
    id: 'rootfs-path',
    evidence: says(/ENOENT.* '[^']*rootfs\/\w+'.*/),
    usually:
      'There is no root file system at that path. A path in the program is right on one machine, or from one folder, only.',
    look: 'ls rootfs/; and run it without ROOTFS in the environment',
    call: "import { rootfs } from '#rootfs': that is process.env.ROOTFS, or rootfs/busybox if it isn't set.",
    lines: { step: '05-chroot', pattern: /'#rootfs'|chroot\(rootfs\)/ },
  },
  {
    id: 'relative-target',
    evidence: says(
      /ENOENT\S* .*mount '[^']*' -> '([^'/][^']*)'/,
      ([, target]) => `the mount point '${target}' doesn't begin with /`,
    ),
    usually:
      'A path without / at its beginning counts from where the program stands; or source and target are the wrong way round.',
    look: 'The order of the arguments: mount(source, target, type, …).',
    call: "mount('proc', '/proc', 'proc', …): the second is where to. See mount(2).",
    lines: { step: '04-mount', pattern: /mount\('proc'/ },
  },
  {
    id: 'root-not-changed',
    evidence(scene) {
      const [, target] = /ENOENT\S* .*mount '[^']*' -> '(\/[^']*)'/.exec(scene.said) ?? []
      const isInside = target && existsSync(join(scene.target.rootfs, target))
      return isInside && `${target} is in the root file system, but not where the call looks for it`
    },
    usually:
      'The root directory is still that of the host: chroot, or pivot_root, is missing, or comes after this mount.',
    look: 'In which order does `child` call them? Let it print readdirSync("/") right before this mount.',
    call: 'First the root changes, then its /proc, /mytemp and so on are mounted: paths that begin with / are those of the rootfs from then on.',
    lines: { step: '05-chroot', pattern: /chroot\(|mount\('(proc|thing)/ },
  },
  {
    id: 'no-such-directory',
    evidence({ said, target }) {
      const [, path] = /ENOENT\S* .*mount '[^']*' -> '(\/[^'/]+)'/.exec(said) ?? []
      return path && !existsSync(join(target.rootfs, path)) && `the rootfs has no ${path}`
    },
    usually: 'There is nothing of this name to mount on: it is misspelt, or has to be made first.',
    look: 'ls rootfs/busybox, or what ROOTFS names',
    call: "The second argument of mount() is a directory of the rootfs, such as '/mytemp'. See mount(2), ENOENT.",
    lines: { step: '05-chroot', pattern: /mount\('(proc|thing)/ },
  },
  {
    id: 'mounted-already',
    evidence: says(/EBUSY\S* .*mount '(?:sysfs|proc|cgroup2)' -> '.*/),
    usually:
      'The same file system is mounted there already: this is still the directory of the host, because the root changes later, or never.',
    look: 'In which order does `child` call them? Let it print readdirSync("/") right before this mount.',
    call: "First pivot_root('.', '.'), then the mounts: paths that begin with / are those of the rootfs from then on. See mount(2), EBUSY.",
    lines: { step: '06-pivot-root', pattern: /pivot_root\('|mount\('sysfs'/ },
  },
  {
    id: 'private-too-late',
    evidence: says(/EINVAL\S* .*mount (?:'[^']*' )?-> '\/'/),
    usually:
      'The flags of a mount can only be changed at its mount point, and / is none any more: the root has changed.',
    look: 'In which order does `child` call them?',
    call: "mount(null, '/', null, MS_REC | MS_PRIVATE) comes before the root changes. See mount(2), EINVAL.",
    lines: { step: '05-chroot', pattern: /MS_PRIVATE\)|chroot\(/ },
  },
  {
    id: 'no-proc-yet',
    evidence: says(/ENOENT\S* .*(?:mount|open) '\/proc\/.*/),
    usually:
      'There is no /proc at this moment: the one that was mounted belongs to the other root directory, or its turn comes later.',
    look: 'In which order does `child` call them? Let it print readdirSync("/proc") right before this call.',
    call: "mount('proc', '/proc', 'proc', …) after the root has changed, and before all that reads or writes there.",
    lines: { step: '06-pivot-root', pattern: /pivot_root\(|mount\('proc'/ },
  },
  {
    id: 'no-run-yet',
    evidence: says(/E\w+: .*open '\/run\/(?:resolv\.conf|hosts|hostname)'/),
    usually: 'provide() keeps its files in /run, and there is nothing yet that can be written to.',
    look: 'In which order does `child` call them?',
    call: "mount('run', '/run', 'tmpfs', …) before the first provide().",
    lines: { step: '09-nat', pattern: /mount\('run'|provide\(/ },
  },
  {
    id: 'no-mount-point',
    evidence: says(/ENOENT\S* .*mount '[^']*' -> '\/(?:dev|run|sys)\/[^']*'/),
    usually: 'There is nothing at that path to mount on: a new file system begins empty.',
    look: 'Let `child` print readdirSync() of the directory above, right before this mount.',
    call: 'mkdirSync() first, or writeFileSync() where a file is mounted on a file. See mount(2), ENOENT.',
    lines: { step: '06-pivot-root', file: 'dev.ts', pattern: /mkdirSync\('|writeFileSync\('/ },
  },
  {
    id: 'old-root-gone',
    evidence: says(/EINVAL\S* .*(?:mount '\/proc\/self\/fd\/\d+' -> |mount_setattr).*/),
    usually:
      "What the call gets belongs to the old root, and that isn't mounted any more: what was taken off can be neither mounted elsewhere nor changed.",
    look: 'In which order does `child` call them?',
    call: "umount2('.', MNT_DETACH) after the last mount of something of the old root, such as the terminal. See mount(2), MS_BIND.",
    lines: { step: '06-pivot-root', pattern: /umount2\(|makeDev\(/ },
  },
  {
    id: 'layer-not-made',
    evidence: (scene) =>
      scene.step >= '11' && /ENOENT\S* .*open '.*\/(upper|work)\b.*/.exec(scene.said)?.[0],
    usually: "The directories of the layer aren't there: each layer begins empty, without any.",
    look: 'Let your program print readdirSync() of the layer right before this call.',
    call: 'mkdirSync(…, { recursive: true }) for both, before their paths are asked for. See overlayfs(5).',
    lines: { step: '11-overlay', file: 'layer.ts', pattern: /mkdirSync\(|upper, work/ },
  },
  {
    ...noOverlay,
    // The next container finds nothing in its layer.
    evidence: (scene) =>
      /is no layer of an earlier run/.test(scene.said) && noOverlay.evidence(scene),
  },
  {
    id: 'overlay-refused',
    evidence: says(/E\w+: .*mount 'overlay'.*/),
    usually:
      "overlayfs refuses these directories. Most often, upperdir= and workdir= aren't on the same mount, one of them lies in a lower directory, or an option is misspelt.",
    look: 'dmesg | grep overlayfs: the kernel says there why, in a sentence.',
    call: 'lowerdir=A:B,upperdir=C,workdir=D, with C and D two empty directories of one file system that is no overlay.',
    lines: { step: '11-overlay', file: 'layer.ts', pattern: /upper|options/ },
  },
  {
    id: 'no-put-old',
    evidence: says(/ENOENT\S* .*pivot_root .*/),
    usually: 'put_old, where the old root is put, has to be there: a directory in the new root.',
    look: 'ls rootfs/busybox, or what ROOTFS names',
    call: "mkdirSync() it before, and rmdirSync() it after the unmount; or pivot_root('.', '.'), which needs none. See pivot_root(2), NOTES.",
    lines: { step: '06-pivot-root', pattern: /pivot_root\('|umount2\('/ },
  },
  {
    id: 'not-a-mount-point',
    evidence: says(/(E\w+)\S* .*pivot_root .*/, ([text]) => text),
    usually:
      "pivot_root refuses a new root that isn't a mount point, or whose parent mount is shared. The rootfs becomes a mount point when you bind-mount it on itself; and '.' is the rootfs only after a chdir into it.",
    look: 'Right before the call, print /proc/self/mountinfo: is there a line whose mount point is the rootfs?',
    call: 'mount(rootfs, rootfs, null, MS_BIND | MS_REC), then chdir into it, then pivot_root. The NOTES of pivot_root(2) list the conditions.',
    lines: { step: '06-pivot-root', pattern: /MS_BIND \| MS_REC|chdir\(rootfs\)|pivot_root\('/ },
  },
  {
    ...noMounts,
    evidence: (scene) =>
      scene.step >= '04' &&
      /ENOENT.*execve '\/proc\/self\/exe'/.test(scene.said) &&
      onFreshHost(noMounts, scene),
  },
  {
    id: 'still-in-use',
    evidence: says(/EBUSY\S* .*umount2 .*/),
    usually:
      'An ordinary unmount fails while somebody uses the mount: your program was loaded from the old root, and works in it.',
    look: 'Which flags does the call have? 0 means: only if nobody uses it.',
    call: "umount2('.', MNT_DETACH) takes the mount off the list at once, and lets go of it when its last user ends. See umount(2).",
    lines: { step: '06-pivot-root', pattern: /umount2\(/ },
  },
  {
    id: 'no-such-program-inside',
    evidence: says(
      /ENOENT.*execve '([^']*)'/,
      ([, file]) => `there is no ${file} where the command was started`,
    ),
    usually:
      'The root directory of the container has no /bin/sh: it is another directory than the rootfs, or an empty one.',
    look: 'Let your program print readdirSync("/") right before execvp.',
    call: 'ROOTFS names the root file system; rootfs/busybox is the default, and npm run rootfs makes it.',
    lines: { step: '05-chroot', pattern: /'#rootfs'|chroot\(rootfs\)/ },
  },
  {
    id: 'devices-of-host',
    evidence({ said, target }) {
      if (!/EEXIST\S* .*'\/dev\/[^']*'$/m.test(said)) return undefined
      const text = Object.values(filesIn(dirname(target.main))).join('\n')
      return /^ *(mount\(.*'\/dev', (?:'devtmpfs'|null).*)/m.exec(text)?.[1]
    },
    usually:
      "devtmpfs is one file system wherever it's mounted: with the host's devices, and what is made in it is made on the host. So is a bind mount of /dev.",
    look: 'In the container: ls /dev',
    call: "mount('dev', '/dev', 'tmpfs', …): an empty one, for the few devices that programs need.",
    lines: { step: '06-pivot-root', file: 'dev.ts', pattern: /'tmpfs', MS_NOSUID \| MS_NOEXEC/ },
  },
  {
    id: 'left-by-a-run',
    evidence: says(/EEXIST.*/),
    usually:
      'What is made here is there already: an earlier run left it, most often in the root file system, which all runs share.',
    look: 'Run it twice, and look in between: ls -la rootfs/busybox',
    call: "Make things on a tmpfs of the container's own, which ends with it, or remove them; never count on a fresh rootfs.",
  },
]
