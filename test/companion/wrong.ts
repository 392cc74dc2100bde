// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such strings are parts of programs
// Wrong programs that a learner would write, each as its difference from the reference.

export type Wrong = {
  name: string
  step: string
  /** The explanation it should get. */
  cause: string
  /** What proves it. */
  evidence: RegExp
  /** By file: what the reference says, and what the learner wrote. */
  edits: Record<string, [from: string, to: string][]>
}

/** Some are the same mistake in another shape. */
export const wrongs: Wrong[] = [
  {
    name: 'the host name set on the host',
    step: '02-uts',
    cause: 'hostname-on-host',
    evidence: /the host was called .* is now container/,
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
    evidence: /writes 1, but the kernel knows .* NSpid: \d+$/,
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
    evidence: /has the rootfs as its root, and still has the host's \S+ at \//,
    edits: { 'main.ts': [["  umount2('.', MNT_DETACH)\n", '']] },
  },
  {
    name: 'the cgroup written after the fork',
    step: '07-cgroups',
    cause: 'joined-late',
    evidence: /, \d+, is in \S+, but \d+, which it started before it got there, isn't/,
    edits: {
      'main.ts': [
        ['import { limit,', "import { readFileSync } from 'node:fs'\nimport { limit,"],
        [
          '      limit(pid, options)\n',
          `      // The container has to be up first.
      const timer = setInterval(() => {
        try {
          if (readFileSync(\`/proc/\${pid}/task/\${pid}/children\`, 'utf8') === '') return
          limit(pid, options)
        } catch {}
        clearInterval(timer)
      }, 20)
      timer.unref()
`,
        ],
      ],
    },
  },
  {
    name: 'limits on the wrong group',
    step: '07-cgroups',
    cause: 'limits-elsewhere',
    evidence: /EBUSY.*rmdir '\S*container-/,
    edits: { 'cgroup.ts': [['cgroup.procs`, `${pid}`', 'cgroup.procs`, `${process.pid}`']] },
  },
  {
    name: 'the veth on the wrong side',
    step: '08-net',
    cause: 'veth-wrong-side',
    evidence: /eth0 is on the host, and container\d+ is in the container/,
    edits: {
      'network.ts': [
        [
          'link add container${number} mtu ${size} type veth peer name eth0',
          'link add eth0 mtu ${size} type veth peer name container${number}',
        ],
        ['link set container${number} up master', 'link set eth0 up master'],
        ["'link set eth0 up'", '`link set container${number} up`'],
        ['/24 dev eth0', '/24 dev container${number}'],
      ],
    },
  },
  {
    name: 'an import copied from steps/',
    step: '01-exec',
    cause: 'import-path',
    evidence: /there is no \.\.\/\.\.\/native\/spawn/,
    edits: { 'main.ts': [["'#native/spawn'", "'../../native/spawn'"]] },
  },
  {
    name: 'a misspelt room in an import',
    step: '01-exec',
    cause: 'import-path',
    evidence: /there is no #natve\/spawn/,
    edits: { 'main.ts': [["'#native/spawn'", "'#natve/spawn'"]] },
  },
  {
    name: 'a missing bracket',
    step: '01-exec',
    cause: 'does-not-compile',
    evidence: /main\.ts:\d+:\d+: ERROR/,
    edits: { 'main.ts': [['spawn(file, args, { env })', 'spawn(file, args, { env }']] },
  },
  {
    name: 'a name that was not imported',
    step: '02-uts',
    cause: 'exception',
    evidence: /sethostname is not defined \(main\.ts:\d+ +sethostname/,
    edits: { 'main.ts': [['execvp, sethostname }', 'execvp }']] },
  },
  {
    name: 'the status not passed on',
    step: '01-exec',
    cause: 'status-swallowed',
    evidence: /exits with 0/,
    edits: { 'main.ts': [['process.exitCode = await', 'await']] },
  },
  {
    name: 'a program that starts itself again and again',
    step: '02-uts',
    cause: 'never-ends',
    evidence: /again and again: \d+ processes/,
    edits: { 'main.ts': [["reexec('child'", "reexec('run'"]] },
  },
  {
    name: 'a timer that keeps the program alive',
    step: '01-exec',
    cause: 'never-ends',
    evidence: /have done nothing but wait/,
    edits: {
      'main.ts': [['switch (verb) {', 'setTimeout(() => {}, 1_000_000_000)\nswitch (verb) {']],
    },
  },
  {
    name: 'no case for child',
    step: '02-uts',
    cause: 'no-verb',
    evidence: /the second start fails: usage: /,
    edits: { 'main.ts': [["  case 'child':\n    child(rest)\n    break\n", '']] },
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
    name: 'no new /proc',
    step: '04-mount',
    cause: 'proc-of-host',
    evidence: /is the host's: device/,
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
    evidence: /the root mount of the mount namespace is \S+, the host's/,
    edits: {
      'main.ts': [
        ["  pivot_root('.', '.')\n", "  chroot('.')\n"],
        ["  umount2('.', MNT_DETACH)\n", ''],
        ['sethostname, pivot_root, ttyname', 'sethostname, chroot, ttyname'],
      ],
    },
  },
  {
    name: 'the cgroup written after the end',
    step: '07-cgroups',
    cause: 'joined-late',
    evidence: /that process had already ended/,
    edits: {
      'main.ts': [
        ['import { limit,', "import { existsSync } from 'node:fs'\nimport { limit,"],
        [
          '      limit(pid, options)\n',
          `      const timer = setInterval(() => {
        if (existsSync(\`/proc/\${pid}\`)) return
        clearInterval(timer)
        limit(pid, options)
      }, 20)
`,
        ],
      ],
    },
  },
  {
    name: 'both ends of the veth pair on the host',
    step: '08-net',
    cause: 'nothing-to-configure',
    evidence: /no interface eth0/,
    edits: {
      'network.ts': [['peer name eth0 mtu ${size} netns ${pid}', 'peer name eth0 mtu ${size}']],
    },
  },
]
