// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such strings are parts of programs
// Wrong programs that a learner would write, each as what is different from the reference of its step.

import { slowness } from '../harness/slowness'

export type Wrong = {
  name: string
  step: string
  /** The explanation it is to get. */
  cause: string
  /** What speaks for that. */
  evidence: RegExp
  /** By file: what stands in the reference, and what the learner wrote. */
  edits: Record<string, [from: string, to: string][]>
}

/** The ten usual ones. */
export const ten: Wrong[] = [
  {
    name: 'the host name set on the host',
    step: '02-uts',
    cause: 'hostname-on-host',
    evidence: /the host was called .* is called container now/,
    edits: {
      'main.ts': [
        ["\n  sethostname('container')\n", '\n'],
        ['  process.exitCode = await', "  sethostname('container')\n  process.exitCode = await"],
      ],
    },
  },
  {
    name: 'a namespace flag missing',
    step: '03-pid',
    cause: 'no-pid-namespace',
    evidence: /ns\/pid of the command is pid:\[\d+\], and so is the host's/,
    edits: { 'main.ts': [['CLONE_NEWUTS | CLONE_NEWPID', 'CLONE_NEWUTS']] },
  },
  {
    name: 'printed 1 instead of being PID 1',
    step: '03-pid',
    cause: 'printed-one',
    evidence: /writes 1, while the kernel knows .* NSpid: \d+$/,
    edits: {
      'main.ts': [
        ['CLONE_NEWUTS | CLONE_NEWPID', 'CLONE_NEWUTS'],
        [
          'execvp(file, args, env)',
          "execvp(file, args.map((word) => word.replaceAll('$$', '1')), env)",
        ],
      ],
    },
  },
  {
    name: 'forgot MS_PRIVATE',
    step: '04-mount',
    cause: 'not-private',
    evidence: /mountinfo of the command, \/\S* is shared:\d+/,
    edits: { 'main.ts': [["  mount(null, '/', null, MS_REC | MS_PRIVATE)\n", '']] },
  },
  {
    name: 'chroot without chdir',
    step: '05-chroot',
    cause: 'no-chdir',
    evidence: /\/proc\/PID\/cwd of the command is \S+ on the host, and its root \S*rootfs/,
    edits: { 'main.ts': [["  process.chdir('/')\n", '']] },
  },
  {
    name: 'unmounted the source instead of the target',
    step: '05-chroot',
    cause: 'unmounted-source',
    evidence: /umount2\('thing'\) failed with ENOENT/,
    edits: {
      'main.ts': [
        ['MS_NOEXEC } from', 'MS_NOEXEC, umount2 } from'],
        ['function child(', 'async function child('],
        [
          '  execvp(file, args, env)',
          "  process.exitCode = await spawn(file, args, { env })\n  umount2('thing', 0)",
        ],
      ],
    },
  },
  {
    name: 'the old root left mounted',
    step: '06-pivot-root',
    cause: 'old-root-left',
    evidence: /has the rootfs as its root, and \S+ of the host still at \//,
    edits: { 'main.ts': [["  umount2('.', MNT_DETACH)\n", '']] },
  },
  {
    name: 'the cgroup written after the fork',
    step: '07-cgroups',
    cause: 'joined-late',
    evidence: /ran outside of the group for \d+ ms/,
    edits: {
      'main.ts': [
        ['import { join }', "import { existsSync } from 'node:fs'\nimport { join }"],
        [
          '      limit(pid, options)\n',
          '      // The container has to be up first.\n      setTimeout(() => existsSync(`/proc/${pid}`) && limit(pid, options), 3000).unref()\n',
        ],
      ],
    },
  },
  {
    name: 'limits on the wrong group',
    step: '07-cgroups',
    cause: 'limits-elsewhere',
    evidence: /has the limit .*, and in it is the run process \(\d+\); the command, \d+, is not/,
    edits: { 'cgroup.ts': [['cgroup.procs`, `${pid}`', 'cgroup.procs`, `${process.pid}`']] },
  },
  {
    name: 'the veth on the wrong side',
    step: '08-net',
    cause: 'veth-wrong-side',
    evidence: /eth0 is on the host, and in the container is container\d+/,
    edits: {
      'network.ts': [
        [
          'link add ${veth} type veth peer name eth0 netns',
          'link add eth0 type veth peer name ${veth} netns',
        ],
        ['link set ${veth} up master', 'link set eth0 up master'],
        ["'link set eth0 up'", '`link set ${veth} up`'],
        ['/24 dev eth0', '/24 dev ${veth}'],
      ],
    },
  },
]

/** Others, some of them the same mistakes in another shape. */
export const others: Wrong[] = [
  {
    name: 'an import copied from steps/',
    step: '01-exec',
    cause: 'import-path',
    evidence: /there is no \.\.\/\.\.\/native/,
    edits: { 'main.ts': [["'../native/process'", "'../../native/process'"]] },
  },
  {
    name: 'a bracket too few',
    step: '01-exec',
    cause: 'does-not-compile',
    evidence: /main\.ts:\d+:\d+: ERROR/,
    edits: { 'main.ts': [['if (command.length === 0)', 'if (command.length === 0']] },
  },
  {
    name: 'a name that was not imported',
    step: '02-uts',
    cause: 'exception',
    evidence: /sethostname is not defined \(main\.ts:\d+\)/,
    edits: { 'main.ts': [["import { sethostname } from '../native/unistd'\n", '']] },
  },
  {
    name: 'the status not handed on',
    step: '01-exec',
    cause: 'status-swallowed',
    evidence: /ends with 0/,
    edits: { 'main.ts': [['process.exitCode = await', 'await']] },
  },
  {
    name: 'a program that starts itself without an end',
    step: '02-uts',
    cause: 'never-ends',
    evidence: /again and again: \d+ processes/,
    edits: { 'main.ts': [["reexec('child'", "reexec('run'"]] },
  },
  {
    name: 'no case for child',
    step: '02-uts',
    cause: 'no-verb',
    evidence: /status 2/,
    edits: { 'main.ts': [["  case 'child':\n    child(argv)\n    break\n", '']] },
  },
  {
    name: 'the command a child of PID 1',
    step: '03-pid',
    cause: 'child-of-pid-1',
    evidence: /is process \d+ of its namespace, not 1/,
    edits: {
      'main.ts': [
        ['function child(', 'async function child('],
        ['  execvp(file, args, env)', '  process.exitCode = await spawn(file, args, { env })'],
      ],
    },
  },
  {
    name: 'no mount namespace',
    step: '04-mount',
    cause: 'no-mnt-namespace',
    evidence: /ns\/mnt of the command is .* the host's/,
    edits: { 'main.ts': [[' | CLONE_NEWNS,', ',']] },
  },
  {
    name: 'no /proc of its own',
    step: '04-mount',
    cause: 'proc-of-host',
    evidence: /that of the host: device/,
    edits: {
      'main.ts': [["  mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC)\n", '']],
    },
  },
  {
    name: 'the rootfs not a mount point',
    step: '06-pivot-root',
    cause: 'not-a-mount-point',
    evidence: /E(BUSY|INVAL).*pivot_root/,
    edits: { 'main.ts': [['  mount(rootfs, rootfs, null, MS_BIND | MS_REC)\n', '']] },
  },
  {
    name: 'chroot where pivot_root was meant',
    step: '06-pivot-root',
    cause: 'still-chroot',
    evidence: /the root mount of the mount namespace is \S+, that of the host/,
    edits: {
      'main.ts': [
        ["  pivot_root('.', '.')\n", "  chroot('.')\n"],
        ["  umount2('.', MNT_DETACH)\n", ''],
        ['import { sethostname, pivot_root,', 'import { sethostname, chroot,'],
      ],
    },
  },
  {
    name: 'the cgroup written after the end',
    step: '07-cgroups',
    cause: 'joined-late',
    evidence: /that process had ended already/,
    edits: {
      'main.ts': [
        [
          '      limit(pid, options)\n',
          `      setTimeout(() => limit(pid, options), ${1500 * slowness})\n`,
        ],
      ],
    },
  },
  {
    name: 'both ends of the veth pair on the host',
    step: '08-net',
    cause: 'nothing-to-configure',
    evidence: /no interface eth0/,
    edits: { 'network.ts': [['peer name eth0 netns ${pid}', 'peer name eth0']] },
  },
]
