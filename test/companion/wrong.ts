// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such strings are parts of programs
// Wrong programs that a learner would write, each as its difference from the reference.

import { isV2 } from '../harness/cgroup'
import type { Edits } from './program'

export type Wrong = {
  name: string
  step: string
  /** The explanation it should get. */
  cause: string | string[]
  /** What proves it. */
  evidence: RegExp
  /** What the type checker says, if that is the point. */
  finding?: RegExp
  edits: Edits
  /** Only an ordinary user's container shows it. */
  ordinary?: boolean
  /** Only a kernel with IPv6 shows it. */
  ipv6?: boolean
}

const proc = "  mount('proc', '/proc', 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC)\n"
const pivot = "  pivot_root('.', '.')\n"
const mknodNull = "  mknod('/dev/null', S_IFCHR | 0o666, 1, 3)\n"
const mountSetattr =
  "  mount_setattr(host, '', AT_EMPTY_PATH | AT_RECURSIVE, { attr_set: MOUNT_ATTR_RDONLY })\n"
const procFirst: Edits = {
  'main.ts': [
    [proc, ''],
    [pivot, proc + pivot],
  ],
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
    // The second, while the command hasn't started anything: it names this mistake as well.
    cause: ['joined-late', 'no-cgroup-namespace'],
    evidence: /^$|, \d+, is in \S+, but \d+, which it started before it got there, isn't/,
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
    name: "each container's cable is called eth0 on the host",
    step: '08-net',
    cause: 'link-exists',
    evidence: /File exists/,
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
    name: 'the same, and nobody handles exceptions',
    step: '02-uts',
    cause: 'exception',
    evidence: /sethostname is not defined \(main\.ts:\d+ +sethostname/,
    edits: {
      'main.ts': [
        ['execvp, sethostname }', 'execvp }'],
        ["process.on('uncaughtException', die)\n", ''],
      ],
    },
  },
  {
    name: 'the same in a script that starts with #!',
    step: '02-uts',
    cause: 'exception',
    evidence: /sethostname is not defined \(main\.ts:\d+ +sethostname/,
    edits: {
      'main.ts': [
        ['import { CLONE_NEWUTS }', '#!/usr/bin/env -S npx tsx\nimport { CLONE_NEWUTS }'],
        ['execvp, sethostname }', 'execvp }'],
      ],
    },
  },
  {
    name: 'await in a function that is not async',
    step: '01-exec',
    cause: 'await-outside',
    evidence: /main\.ts:\d+:\d+: ERROR: "await"/,
    edits: { 'main.ts': [['async function run', 'function run']] },
  },
  {
    name: 'await at the top',
    step: '02-uts',
    cause: 'await-outside',
    evidence: /main\.ts:\d+:\d+: ERROR: Top-level await/,
    edits: { 'main.ts': [['    run(rest)', '    await run(rest)']] },
  },
  {
    name: 'an arrow function below the switch',
    step: '03-pid',
    cause: 'used-before-set',
    evidence: /line \d+ sets run; it is used from line \d+ on/,
    edits: {
      'main.ts': [
        ['async function run(argv: string[]) {', 'const run = async (argv: string[]) => {'],
      ],
    },
  },
  {
    name: 'an environment below the switch',
    step: '01-exec',
    cause: 'environment-before-set',
    evidence: /line \d+ sets env; it is used from line \d+ on/,
    edits: {
      'main.ts': [
        ["const env = {\n  HOME: '/root',\n", "const all = {\n  HOME: '/root',\n"],
        ['args, { env })\n}\n', 'args, { env })\n}\n\nconst env = { ...all }\n'],
      ],
    },
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
    evidence: /the second start, with the verb "child", fails: usage: /,
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
  {
    name: 'a file of its own that is missing',
    step: '07-cgroups',
    cause: 'missing-file',
    evidence: /there is no \.\/cgrop\.ts/,
    edits: { 'main.ts': [["'./cgroup'", "'./cgrop'"]] },
  },
  {
    name: 'an import of what is #shared, as if it lay beside main.ts',
    step: '01-exec',
    cause: 'missing-file',
    evidence: /there is no \.\/cli\.ts; what you mean may be '#shared\/cli'/,
    edits: { 'main.ts': [["'#shared/cli'", "'./cli'"]] },
  },
  {
    name: 'the umask of whoever starts it',
    step: '01-exec',
    cause: 'umask-inherited',
    evidence: /has the umask of the host/,
    edits: { 'main.ts': [['process.umask(0o022)\n', '']] },
  },
  {
    name: "Node's own spawn",
    step: '01-exec',
    cause: 'child-process',
    evidence: /instance of ChildProcess/,
    edits: { 'main.ts': [["'#native/spawn'", "'node:child_process'"]] },
  },
  {
    name: 'the command joined to a line for a shell',
    step: '01-exec',
    cause: 'words-joined',
    evidence: /writes "two words"/,
    edits: {
      'main.ts': [
        ['spawn(file, args, { env })', "spawn('/bin/sh', ['-c', command.join(' ')], { env })"],
      ],
    },
  },
  {
    name: 'process.argv cut at the wrong place',
    step: '01-exec',
    cause: 'verb-of-run',
    evidence: /started with "run \/bin\/sh/,
    edits: { 'main.ts': [['process.argv.slice(2)', 'process.argv.slice(1)']] },
  },
  {
    name: 'flags in a list',
    step: '03-pid',
    cause: 'wrong-type',
    evidence: /cloneflags must be a number/,
    edits: { 'main.ts': [['CLONE_NEWUTS | CLONE_NEWPID,', '[CLONE_NEWUTS, CLONE_NEWPID],']] },
  },
  {
    name: 'a misspelt verb',
    step: '02-uts',
    cause: 'no-verb',
    evidence: /with the verb "chidl", fails: usage/,
    edits: { 'main.ts': [["reexec('child'", "reexec('chidl'"]] },
  },
  {
    name: 'the second start under another name',
    step: '02-uts',
    cause: 'not-self-exe',
    evidence: /with the verb "child", is that of \S+, not of \/proc\/self\/exe/,
    edits: { 'main.ts': [["spawn('/proc/self/exe',", 'spawn(process.execPath,']] },
  },
  {
    name: 'a child that never becomes the command',
    step: '02-uts',
    cause: 'never-becomes',
    evidence: /calls execvp/,
    edits: { 'main.ts': [['  execvp(file, args, env)\n', '']] },
  },
  {
    name: 'no mount namespace',
    step: '04-mount',
    cause: 'no-mnt-namespace',
    evidence: /ns\/mnt of the command is mnt:\[\d+\], and so is the host's/,
    edits: { 'main.ts': [[' | CLONE_NEWNS,', ',']] },
  },
  {
    name: 'mounts made private too late',
    step: '04-mount',
    cause: 'private-too-late',
    evidence: /only if that shares its mounts/,
    edits: {
      'main.ts': [
        ["  mount(null, '/', null, MS_REC | MS_PRIVATE)\n", ''],
        ['  execvp(', "  mount(null, '/', null, MS_REC | MS_PRIVATE)\n  execvp("],
      ],
    },
  },
  {
    name: 'a mount point that counts from where you stand',
    step: '04-mount',
    cause: 'relative-target',
    evidence: /'proc' doesn't begin with/,
    edits: { 'main.ts': [["mount('proc', '/proc', 'proc',", "mount('proc', 'proc', 'proc',"]] },
  },
  {
    name: 'an ordinary unmount of the old root',
    step: '06-pivot-root',
    cause: 'still-in-use',
    evidence: /EBUSY.*umount2/,
    edits: { 'main.ts': [["umount2('.', MNT_DETACH)", "umount2('.', 0)"]] },
  },
  {
    name: 'a forgotten await',
    step: '01-exec',
    cause: 'not-awaited',
    evidence: /Received an instance of Promise/,
    edits: { 'main.ts': [['exitCode = await', 'exitCode =']] },
  },
  {
    name: 'arguments that include the file twice',
    step: '01-exec',
    cause: 'arguments-shifted',
    evidence: /writes "\/bin\/echo one two"/,
    edits: { 'main.ts': [['spawn(file, args,', 'spawn(file, command,']] },
  },
  {
    name: 'a flag that does not exist',
    step: '03-pid',
    cause: 'no-pid-namespace',
    evidence: /and so is the host's/,
    finding: /main\.ts:1 .*CLONE_NEWPIDS.*Did you mean 'CLONE_NEWPID'/,
    edits: {
      'main.ts': [
        ['CLONE_NEWUTS, CLONE_NEWPID }', 'CLONE_NEWUTS, CLONE_NEWPIDS }'],
        ['| CLONE_NEWPID,', '| CLONE_NEWPIDS,'],
      ],
    },
  },
  {
    name: 'a child that anybody may start',
    step: '02-uts',
    cause: 'child-by-hand',
    evidence: /^$/,
    edits: { 'main.ts': [["process.argv0 !== '/proc/self/exe'", 'file === undefined']] },
  },
  {
    name: 'the path of the rootfs in the program',
    step: '05-chroot',
    cause: 'rootfs-path',
    evidence: /ENOENT.*\/nowhere\/rootfs\/busybox/,
    edits: {
      'main.ts': [
        [
          "import { rootfs } from '#rootfs'\n",
          "const rootfs = process.env.ROOTFS ?? '/nowhere/rootfs/busybox'\n",
        ],
      ],
    },
  },
  {
    name: 'a file left in the rootfs',
    step: '05-chroot',
    cause: 'rootfs-changed',
    evidence: /^$/,
    edits: {
      'main.ts': [
        ['import { mount,', "import { writeFileSync } from 'node:fs'\nimport { mount,"],
        ["  process.chdir('/')\n", "  process.chdir('/')\n  writeFileSync('/etc/left', '')\n"],
      ],
    },
  },
  {
    name: 'a directory that only the first run can make',
    step: '06-pivot-root',
    cause: 'left-by-a-run',
    evidence: /EEXIST.*mkdir '\/made'/,
    edits: {
      'main.ts': [
        ["import { openSync } from 'node:fs'", "import { mkdirSync, openSync } from 'node:fs'"],
        ["  pivot_root('.', '.')\n", "  pivot_root('.', '.')\n  mkdirSync('/made')\n"],
      ],
    },
  },
  {
    name: 'one group for all containers',
    step: '07-cgroups',
    cause: 'group-exists',
    evidence: /EEXIST.*mkdir '\S*container'/,
    edits: { 'cgroup.ts': [['container-${process.pid}', 'container']] },
  },
  {
    name: 'an option that does nothing',
    step: '07-cgroups',
    cause: 'pids-limit-off',
    evidence: /without --pids has pids\.max 64/,
    edits: { 'cgroup.ts': [['pids.max`, `${pids}`', 'pids.max`, `${pids && 64}`']] },
  },
  {
    name: '--memory that does nothing',
    step: '07-cgroups',
    cause: 'memory-limit-off',
    evidence: /without --memory has memory\.\S+ 268435456/,
    edits: { 'cgroup.ts': [['memory.max`, `${memory}`', 'memory.max`, `${memory && 256 << 20}`']] },
  },
  {
    name: '--cpus that does nothing',
    step: '07-cgroups',
    cause: 'cpu-limit-off',
    evidence: /without --cpus has cpu\.\S+ 100000/,
    edits: { 'cgroup.ts': [['Math.round(cpus * 100_000)', 'Math.round(1 * 100_000)']] },
  },
  {
    name: 'no limit on processes at all',
    step: '07-cgroups',
    cause: 'no-pids-limit',
    evidence: /^$/,
    edits: { 'cgroup.ts': [['  writeFileSync(`${group}/pids.max`, `${pids}`)\n', '']] },
  },
  {
    name: 'no limit on memory at all',
    step: '07-cgroups',
    cause: 'no-memory-limit',
    evidence: /^$/,
    edits: { 'cgroup.ts': [['  writeFileSync(`${group}/memory.max`, `${memory}`)\n', '']] },
  },
  {
    name: 'no cgroup namespace',
    step: '07-cgroups',
    cause: 'no-cgroup-namespace',
    evidence: /^$/,
    edits: { 'main.ts': [['  unshare(CLONE_NEWCGROUP)\n', '']] },
  },
  {
    name: 'a cgroup namespace made before the group',
    step: '07-cgroups',
    cause: 'no-cgroup-namespace',
    evidence: /^$/,
    edits: {
      'main.ts': [
        ['  unshare(CLONE_NEWCGROUP)\n', ''],
        ['CLONE_NEWCGROUP, unshare }', 'CLONE_NEWCGROUP }'],
        ['CLONE_NEWNS,\n    beforeExec', 'CLONE_NEWNS | CLONE_NEWCGROUP,\n    beforeExec'],
      ],
    },
  },
  {
    name: 'no /sys/fs/cgroup in the container',
    step: '07-cgroups',
    cause: 'cgroup-hidden',
    evidence: /^$/,
    edits: {
      'main.ts': [
        [
          "  mount('cgroup2', '/sys/fs/cgroup', 'cgroup2', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)\n",
          '',
        ],
      ],
    },
  },
  {
    name: 'a /sys/fs/cgroup that can be written',
    step: '07-cgroups',
    cause: 'cgroup-hidden',
    evidence: /^$/,
    edits: {
      'main.ts': [["'cgroup2', MS_RDONLY | MS_NOSUID |", "'cgroup2', MS_NOSUID |"]],
    },
  },
  {
    name: 'no network namespace',
    step: '08-net',
    cause: 'no-net-namespace',
    evidence: /ns\/net of the command is net:\[\d+\], and so is the host's/,
    edits: { 'main.ts': [[' | CLONE_NEWNET,', ',']] },
  },
  {
    name: 'an interface that is down',
    step: '09-nat',
    cause: 'gateway-unreachable',
    evidence: /Nexthop has invalid gateway/,
    edits: { 'network.ts': [["'link set eth0 up', ", '']] },
  },
  {
    name: 'an address without a prefix',
    step: '09-nat',
    cause: 'gateway-unreachable',
    evidence: /Nexthop has invalid gateway/,
    edits: { 'network.ts': [['/24 dev eth0', ' dev eth0']] },
  },
  {
    name: 'a line that ip does not understand',
    step: '08-net',
    cause: 'ip-grammar',
    evidence: /./,
    edits: { 'network.ts': [['link set eth0 up', 'link sett eth0 up']] },
  },
  {
    name: 'a rule that nft does not understand',
    step: '09-nat',
    cause: 'nft-grammar',
    evidence: /syntax error/,
    edits: { 'nat.ts': [['hook postrouting', 'hok postrouting']] },
  },
  {
    name: 'no masquerade',
    step: '09-nat',
    cause: 'no-masquerade',
    evidence: /no masquerade/,
    edits: { 'nat.ts': [[' masquerade`', ' counter`']] },
  },
  {
    name: 'no default route',
    step: '09-nat',
    cause: 'no-route',
    evidence: /no default route/,
    edits: { 'nat.ts': [['    ipIn(pid, `route add default via ${subnet}.1`)\n', '']] },
  },
  {
    name: 'no ipc namespace',
    step: '10-ipc',
    cause: 'no-ipc-namespace',
    evidence: /ns\/ipc of the command is ipc:\[\d+\], and so is the host's/,
    edits: { 'main.ts': [[' | CLONE_NEWIPC,', ',']] },
  },
  {
    name: 'no place to see the queues',
    step: '10-ipc',
    cause: 'no-mqueue',
    evidence: /no file system of type mqueue/,
    edits: {
      'dev.ts': [
        ["  mount('mqueue', '/dev/mqueue', 'mqueue', MS_NOSUID | MS_NODEV | MS_NOEXEC)\n", ''],
      ],
    },
  },
  {
    name: 'the root still bound, without a layer',
    step: '11-overlay',
    cause: 'no-overlay',
    evidence: /the root is mounted as (?!overlay)/,
    edits: {
      'main.ts': [
        ['import { MS_RDONLY,', 'import { MS_BIND, MS_RDONLY,'],
        [
          '  mountLayers(rootfs, layers, memory)\n',
          '  mount(rootfs, rootfs, null, MS_BIND | MS_REC)\n',
        ],
      ],
    },
  },
  {
    name: 'a work directory on another mount',
    step: '11-overlay',
    cause: 'overlay-refused',
    evidence: /EINVAL.*mount 'overlay'/,
    edits: { 'layer.ts': [['plain(`${layer}/work`)]', "plain('/proc')]"]] },
  },
  {
    name: 'a layer in memory without a size',
    step: '11-overlay',
    cause: 'layer-without-size',
    evidence: /the disk of a container is \d+ KiB/,
    edits: { 'layer.ts': [['size=${size},', '']] },
  },
  {
    name: 'a layer that is never kept',
    step: '11-overlay',
    // The second, if a later claim is judged sooner: the program itself says what it misses.
    cause: ['layer-not-kept', 'gave-up'],
    evidence: /^$|has no directory upper/,
    edits: { 'layer.ts': [['  if (top && accepts(top, () => overlay(top))) return\n', '']] },
  },
  {
    name: 'layers claimed by the child',
    step: '11-overlay',
    cause: 'layer-not-locked',
    evidence: /^$/,
    edits: {
      'main.ts': [
        ['claimLayers(options.layer, rootfs)', 'options.layer'],
        ['mountLayers(rootfs, layers,', 'mountLayers(rootfs, claimLayers(layers, rootfs),'],
      ],
    },
  },
  {
    name: 'a bounding set that was forgotten',
    step: '12-capabilities',
    cause: 'bounding-set-kept',
    evidence: /still in the command's CapBnd/,
    edits: {
      'capabilities.ts': [
        ['  for (let cap = 0; cap <= last; cap++)', '  if (last < 0)'],
        [
          '!kept.includes(cap)) prctl(PR_CAPBSET_DROP, cap)',
          '!kept.includes(last)) prctl(PR_CAPBSET_DROP, last)',
        ],
      ],
    },
  },
  {
    name: 'capset alone, which execve undoes',
    step: '12-capabilities',
    cause: 'capabilities-come-back',
    evidence: /CAP_SYS_ADMIN is in both/,
    edits: {
      'capabilities.ts': [
        [
          '  for (let cap = 0; cap <= last; cap++) if (!kept.includes(cap)) prctl(PR_CAPBSET_DROP, cap)\n',
          '  prctl(PR_CAPBSET_DROP, last)\n',
        ],
        ['  prctl(PR_SET_NO_NEW_PRIVS, 1)\n', ''],
      ],
    },
  },
  {
    name: 'the list the wrong way round',
    step: '12-capabilities',
    cause: 'dropped-the-needed',
    evidence: /CAP_SYS_ADMIN is in it, CAP_CHOWN isn't/,
    edits: {
      'capabilities.ts': [
        ['if (!kept.includes(cap))', 'if (kept.includes(cap))'],
        ['  capset({ effective: kept, permitted: kept, inheritable: [] })\n', ''],
      ],
    },
  },
  {
    name: 'inherited capabilities that stay',
    step: '12-capabilities',
    cause: 'inheritable-kept',
    evidence: /what was inherited is still there/,
    edits: {
      'capabilities.ts': [
        ['  capset({ effective: kept, permitted: kept, inheritable: [] })\n', ''],
      ],
    },
  },
  {
    name: 'no_new_privs forgotten',
    step: '12-capabilities',
    cause: 'no-new-privs-missing',
    evidence: /NoNewPrivs of the command is 0/,
    edits: { 'capabilities.ts': [['  prctl(PR_SET_NO_NEW_PRIVS, 1)\n', '']] },
  },
  {
    name: 'a root where devices work',
    step: '12-capabilities',
    cause: 'devices-work',
    evidence: /no nodev/,
    edits: { 'layer.ts': [["'overlay', MS_NODEV, options", "'overlay', 0, options"]] },
  },
  {
    name: "the kernel's settings left open",
    step: '12-capabilities',
    cause: 'settings-writable',
    evidence: /nothing is mounted on \/proc\/sys/,
    edits: {
      'main.ts': [
        [
          "  protect(['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'])\n",
          '',
        ],
      ],
    },
  },
  {
    name: "the kernel's secrets left open",
    step: '12-capabilities',
    cause: 'secrets-visible',
    evidence: /^$/,
    edits: { 'main.ts': [["'/proc/kcore', '/proc/keys', '/proc/kmsg', ", '']] },
  },
  {
    name: 'a filter that is never set',
    step: '13-seccomp',
    cause: 'no-filter',
    evidence: /Seccomp: 0/,
    edits: { 'main.ts': [['  filterSystemCalls()\n', '']] },
  },
  {
    name: 'a filter without no_new_privs',
    step: '13-seccomp',
    cause: 'no-new-privs',
    evidence: /EACCES.*seccomp/,
    edits: { 'capabilities.ts': [['  prctl(PR_SET_NO_NEW_PRIVS, 1)\n', '']] },
  },
  {
    name: 'a filter that refuses the mounts of the container',
    step: '13-seccomp',
    cause: 'filter-too-early',
    evidence: /EPERM.*pivot_root/,
    edits: {
      'main.ts': [
        ['  filterSystemCalls()\n', ''],
        ["  pivot_root('.', '.')\n", "  filterSystemCalls()\n  pivot_root('.', '.')\n"],
      ],
    },
  },
  {
    name: 'a filter without an answer at its end',
    step: '13-seccomp',
    cause: 'no-valid-filter',
    evidence: /EINVAL.*seccomp/,
    edits: { 'filter.ts': [['    answer(allow),\n  )', '  )']] },
  },
  {
    name: 'a filter that compares the machine with numbers of calls',
    step: '13-seccomp',
    cause: 'all-refused',
    evidence: /by a signal/,
    edits: { 'filter.ts': [['    load(NUMBER),\n', '']] },
  },
  {
    name: 'a filter that refuses execve',
    step: '13-seccomp',
    cause: 'exec-refused',
    evidence: /EPERM.*execve/,
    edits: { 'filter.ts': [['finit_module\n', 'execve\n']] },
  },
  {
    name: 'ALLOW before the list',
    step: '13-seccomp',
    cause: 'lets-all-through',
    evidence: /neither add_key nor bpf/,
    edits: { 'filter.ts': [['    load(NUMBER),\n', '    load(NUMBER),\n    answer(allow),\n']] },
  },
  {
    name: 'clone3 with EPERM',
    step: '13-seccomp',
    cause: 'clone3-without-enosys',
    evidence: /EPERM/,
    edits: { 'filter.ts': [["ifCall('clone3', unknown)", "ifCall('clone3', refuse)"]] },
  },
  {
    name: 'flags of clone compared as one number',
    step: '13-seccomp',
    cause: 'clone-flags',
    evidence: /clone with CLONE_NEWUSER/,
    edits: {
      'filter.ts': [['ifAnyBit(CLONE_FLAGS, refuse)', 'ifEqual(CLONE_FLAGS, refuse)']],
    },
  },
  {
    name: 'the wrong argument of ioctl',
    step: '13-seccomp',
    cause: 'terminal-open',
    evidence: /^$/,
    edits: { 'filter.ts': [["'ioctl', load(argument(1))", "'ioctl', load(argument(0))"]] },
  },
  {
    name: 'socketpair forgotten',
    step: '13-seccomp',
    cause: 'families-open',
    evidence: /^$/,
    edits: {
      'filter.ts': [
        [
          "    inCall('socketpair', load(argument(0)), known, answer(errno('EAFNOSUPPORT'))),\n",
          '',
        ],
      ],
    },
  },
  {
    name: 'no sockets of netlink',
    step: '13-seccomp',
    cause: 'too-much-refused',
    evidence: /^$/,
    edits: { 'filter.ts': [['[1, 2, 10, 16, 17]', '[1, 2, 10]']] },
  },
  {
    name: 'no user namespace',
    step: '14-user',
    cause: 'no-user-namespace',
    evidence: /\/ns\/user of the command is user:\[\d+\]/,
    edits: {
      'main.ts': [
        [' | CLONE_NEWUSER,', ','],
        ['      mapIds(pid)\n', ''],
        ['      showFiles(pid, rootfs, layers)\n', ''],
      ],
    },
  },
  {
    name: 'a user namespace without users',
    step: '14-user',
    cause: 'users-not-mapped',
    evidence: /EPERM.*sethostname/,
    edits: {
      'main.ts': [
        ['      mapIds(pid)\n', ''],
        ['      showFiles(pid, rootfs, layers)\n', ''],
      ],
    },
  },
  {
    name: 'devices by mknod',
    step: '14-user',
    cause: 'devices-made',
    evidence: /EPERM.*mknod/,
    edits: { 'dev.ts': [['#shared/userns/stat', '#native/stat']] },
  },
  {
    name: 'groups of the host in ping_group_range',
    step: '14-user',
    cause: 'groups-not-mapped',
    evidence: /EINVAL.*write/,
    edits: { 'main.ts': [['`0 ${lastGid()}`', "'0 2147483647'"]] },
  },
  {
    name: 'a terminal that root inside opens to all',
    ordinary: true,
    step: '14-user',
    cause: 'terminal-changed',
    evidence: /chmod 666 .* worked inside/,
    edits: { 'main.ts': [['  keepModeOfTerminals()\n', '']] },
  },
  {
    name: 'source and target the wrong way round',
    step: '04-mount',
    cause: 'relative-target',
    evidence: /'proc' doesn't begin/,
    edits: {
      'main.ts': [["mount('proc', '/proc', 'proc'", "mount('/proc', 'proc', 'proc'"]],
    },
  },
  {
    name: 'no chroot',
    step: '05-chroot',
    cause: 'root-not-changed',
    evidence: /\/mytemp is in the root file system/,
    edits: {
      'main.ts': [['  chroot(rootfs)\n', '']],
    },
  },
  {
    name: 'no pivot_root',
    step: '06-pivot-root',
    cause: 'root-not-changed',
    evidence: /\/mytemp is in the root file system/,
    edits: {
      'main.ts': [["  pivot_root('.', '.')\n", '']],
    },
  },
  {
    name: 'the old root unmounted before its terminal',
    step: '06-pivot-root',
    cause: 'old-root-gone',
    evidence: /EINVAL.*\/dev\/console/,
    edits: {
      'main.ts': [
        ["  umount2('.', MNT_DETACH)\n", ''],
        ["  pivot_root('.', '.')\n", "  pivot_root('.', '.')\n  umount2('.', MNT_DETACH)\n"],
      ],
    },
  },
  {
    name: 'unmounted twice',
    step: '06-pivot-root',
    cause: 'root-unmounted',
    evidence: /mountinfo is empty/,
    edits: {
      'main.ts': [
        [
          "  umount2('.', MNT_DETACH)\n",
          "  umount2('.', MNT_DETACH)\n  umount2('.', MNT_DETACH)\n",
        ],
      ],
    },
  },
  {
    name: 'memory.max in MiB',
    step: '07-cgroups',
    cause: 'out-of-memory',
    evidence: /^out of memory/,
    edits: {
      'cgroup.ts': [['`${memory}`', '`${memory / 2 ** 20}`']],
    },
  },
  {
    name: 'cpu.max in CPUs',
    step: '07-cgroups',
    cause: 'value-refused',
    evidence: /EINVAL.*write.*cpu/,
    edits: {
      'cgroup.ts': [['`${Math.round(cpus * 100_000)} 100000`', '`${cpus} 1`']],
    },
  },
  {
    name: 'nobody says that memory ran out',
    step: '07-cgroups',
    cause: 'killed-in-silence',
    evidence: /nobody says why/,
    edits: {
      'cgroup.ts': [
        [
          '  if (kills) console.error(`out of memory: the kernel killed ${kills} of its processes (--memory)`)\n',
          '',
        ],
      ],
    },
  },
  {
    name: 'a call where a function was meant',
    step: '07-cgroups',
    cause: 'called-at-once',
    evidence: /afterEnd\[0\] must be a function/,
    edits: {
      'main.ts': [['afterEnd: [removeCgroup]', 'afterEnd: [removeCgroup() as never]']],
    },
  },
  {
    name: 'lo left down',
    step: '08-net',
    cause: 'lo-down',
    evidence: /lo is DOWN/,
    edits: {
      'network.ts': [["'link set lo up', ", '']],
    },
  },
  {
    name: 'a bridge that is down',
    step: '08-net',
    cause: 'bridge-down',
    evidence: /container0 is DOWN/,
    edits: {
      'network.ts': [['    `link set ${bridge} up`,\n', '']],
    },
  },
  {
    name: 'a bridge without an address',
    step: '08-net',
    cause: 'bridge-without-address',
    evidence: /container0 has no IPv4 address/,
    edits: {
      'network.ts': [['    `addr add ${subnet}.1/24 dev ${bridge}`,\n', '']],
    },
  },
  {
    name: "a cable that isn't plugged in",
    step: '08-net',
    cause: 'not-plugged-in',
    evidence: /container\d+ is no port/,
    edits: {
      'network.ts': [['up master ${bridge}', 'up']],
    },
  },
  {
    name: 'one address for all containers',
    step: '08-net',
    cause: 'same-address',
    evidence: /10\.200\.\d+\.2 in both/,
    edits: {
      'network.ts': [['${subnet}.${number}/24 dev eth0', '${subnet}.2/24 dev eth0']],
    },
  },
  {
    name: 'ping left to root',
    step: '08-net',
    cause: 'ping-as-root-only',
    evidence: /ping_group_range is 1 0/,
    edits: {
      'main.ts': [["  writeFileSync('/proc/sys/net/ipv4/ping_group_range', '0 2147483647')\n", '']],
    },
  },
  {
    name: 'a gateway that nobody is',
    step: '09-nat',
    cause: 'gateway-elsewhere',
    evidence: /leads to 10\.200\.\d+\.254/,
    edits: {
      'nat.ts': [['via ${subnet}.1`', 'via ${subnet}.254`']],
    },
  },
  {
    name: 'a masquerade for the wrong interface',
    step: '09-nat',
    cause: 'masquerade-elsewhere',
    evidence: /oifname "container0" masquerade/,
    edits: {
      'nat.ts': [['oifname != ${bridge}', 'oifname ${bridge}']],
    },
  },
  {
    name: 'no forwarding',
    step: '09-nat',
    cause: 'no-forwarding',
    evidence: /forwarding is 0 for container0/,
    edits: {
      'nat.ts': [['    forward(bridge)\n', '']],
    },
  },
  {
    name: 'NAT that stays',
    step: '09-nat',
    cause: 'network-left-behind',
    evidence: /^$/,
    edits: {
      'main.ts': [['() => disconnect(closeNat)', '() => disconnect()']],
    },
  },
  {
    name: 'the rootfs above older layers',
    step: '11-overlay',
    cause: 'layer-below-written',
    evidence: /^$/,
    edits: {
      'layer.ts': [['[...older, rootfs]', '[rootfs, ...older]']],
    },
  },
  {
    name: 'capabilities given up too early',
    step: '12-capabilities',
    cause: 'dropped-too-early',
    evidence: /EPERM.*unshare/,
    edits: {
      'main.ts': [
        ['  dropCapabilities()\n', ''],
        ["  sethostname('container')\n", "  sethostname('container')\n  dropCapabilities()\n"],
      ],
    },
  },
  {
    name: 'one capability too many',
    step: '12-capabilities',
    cause: 'capability-too-many',
    evidence: /CAP_SYS_ADMIN too/,
    edits: {
      'capabilities.ts': [['const network = [', 'const network = [21, ']],
    },
  },
  {
    name: 'one capability too few',
    step: '12-capabilities',
    cause: 'capability-missing',
    evidence: /no CAP_CHOWN/,
    edits: {
      'capabilities.ts': [['const files = [CAP_CHOWN, ', 'const files = [']],
    },
  },
  {
    name: "an old kernel's last capability",
    step: '12-capabilities',
    cause: 'newer-capabilities-kept',
    evidence: /CAP_CHECKPOINT_RESTORE/,
    edits: {
      'capabilities.ts': [["Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'))", '37']],
    },
  },
  {
    name: 'files of root that nobody shows',
    step: '14-user',
    cause: 'files-not-shown',
    evidence: /EACCES/,
    edits: {
      'main.ts': [['      showFiles(pid, rootfs, layers)\n', '']],
    },
  },
  {
    name: 'users that come last',
    step: '14-user',
    cause: 'users-not-mapped',
    evidence: /has no users yet/,
    edits: {
      'main.ts': [
        ['      mapIds(pid)\n', ''],
        ['      openNat(pid)\n', '      openNat(pid)\n      mapIds(pid)\n'],
      ],
    },
  },
  {
    name: 'a second start of the command',
    step: '02-uts',
    cause: 'not-reexecuted',
    evidence: /node \/bin\/sh/,
    edits: { 'main.ts': [["reexec('child', command)", 'command']] },
  },
  {
    name: 'a type that no kernel knows',
    step: '04-mount',
    cause: 'unknown-file-system',
    evidence: /ENODEV/,
    edits: { 'main.ts': [["'/proc', 'proc',", "'/proc', 'procfs',"]] },
  },
  {
    name: 'something thrown that is no error',
    step: '01-exec',
    cause: 'gave-up',
    evidence: /^oops/,
    edits: { 'main.ts': [['switch (verb) {', "throw 'oops'\nswitch (verb) {"]] },
  },
  {
    name: 'words joined to one',
    step: '01-exec',
    cause: 'words-in-one',
    evidence: /"-n one"/,
    edits: {
      'main.ts': [['spawn(file, args, { env })', "spawn(file, [args.join(' ')], { env })"]],
    },
  },
  {
    name: 'a spawn of Node that nobody listens to',
    step: '01-exec',
    cause: 'streams-of-node',
    evidence: /node:child_process/,
    edits: {
      'main.ts': [
        ["'#native/spawn'", "'node:child_process'"],
        [
          'process.exitCode = await spawn(file, args, { env })',
          "spawn(file, args, { env }).on('exit', (code) => (process.exitCode = code ?? 1))",
        ],
      ],
    },
  },
  {
    name: 'an environment without TERM',
    step: '01-exec',
    cause: 'environment-lacks',
    evidence: /^there is no TERM$/,
    edits: { 'main.ts': [['  TERM: term(),\n', '']] },
  },
  {
    name: 'a case without a break',
    step: '02-uts',
    cause: 'falls-through',
    evidence: /no break/,
    edits: { 'main.ts': [['    run(rest)\n    break\n', '    run(rest)\n']] },
  },
  {
    name: '/dev/shm for root alone',
    step: '06-pivot-root',
    cause: 'dev-incomplete',
    evidence: /^$/,
    edits: { 'dev.ts': [['mode=1777', 'mode=755']] },
  },
  {
    name: 'limits set by the child',
    step: '07-cgroups',
    cause: 'limits-by-child',
    evidence: /container-1'/,
    edits: {
      'main.ts': [
        ['      limit(pid, options)\n', ''],
        [
          "  sethostname('container')\n",
          "  limit(process.pid, { memory: 1e8, pids: 64, cpus: 1 })\n  sethostname('container')\n",
        ],
      ],
    },
  },
  {
    name: 'the files of the other version',
    step: '07-cgroups',
    cause: isV2 ? 'no-such-limit' : 'names-of-v2',
    evidence: /ENOENT|EACCES/,
    edits: {
      'cgroup.ts': isV2
        ? [['memory.max', 'memory.limit_in_bytes']]
        : [['#shared/cgroupfs', 'node:fs']],
    },
  },
  {
    name: 'a limit that no group has',
    step: '07-cgroups',
    cause: 'no-such-limit',
    evidence: /memory\.maximum/,
    edits: { 'cgroup.ts': [['memory.max`', 'memory.maximum`']] },
  },
  {
    name: 'a callback that is async',
    step: '07-cgroups',
    cause: 'callback-async',
    evidence: /synchronous/,
    edits: { 'main.ts': [['beforeExec(pid) {', 'async beforeExec(pid) {']] },
  },
  {
    name: 'a container in another subnet',
    step: '08-net',
    cause: 'other-subnet',
    evidence: /192\.168\.7\.2, the bridge 10\.200/,
    edits: { 'network.ts': [['addr add ${subnet}.${number}', 'addr add 192.168.7.${number}']] },
  },
  {
    name: 'the address of the bridge in the container',
    step: '08-net',
    cause: 'address-of-bridge',
    evidence: /both have 10\.200\.\d+\.2/,
    edits: { 'network.ts': [['`addr add ${subnet}.1/24', '`addr add ${subnet}.2/24']] },
  },
  {
    name: 'packets as large as usual',
    step: '08-net',
    cause: 'packets-too-large',
    evidence: /^$/,
    edits: {
      'network.ts': [
        [
          'mtu ${size} type veth peer name eth0 mtu ${size} netns',
          'type veth peer name eth0 netns',
        ],
      ],
    },
  },
  {
    name: 'a host that listens to containers',
    step: '08-net',
    cause: 'hears-advertisements',
    ipv6: true,
    evidence: /^$/,
    edits: { 'network.ts': [['    ignoreIPv6(bridge)\n', '']] },
  },
  {
    name: 'a cable that names no owner',
    step: '08-net',
    cause: 'owner-not-written',
    evidence: /container\d+ has no alias/,
    edits: { 'network.ts': [[' alias ${owner()}', '']] },
  },
  {
    name: 'a network made by the child',
    step: '08-net',
    cause: 'network-by-child',
    evidence: /\/proc\/1\/ns/,
    edits: {
      'main.ts': [
        ['      connect(pid)\n', ''],
        ["  sethostname('container')\n", "  connect(process.pid)\n  sethostname('container')\n"],
      ],
    },
  },
  {
    name: 'an interface of no known type',
    step: '08-net',
    cause: 'unknown-link-type',
    evidence: /Unknown device type/,
    edits: { 'network.ts': [['type bridge`', 'type brigde`']] },
  },
  {
    name: 'a bridge that the next one takes for another’s',
    step: '08-net',
    cause: 'bridge-not-known',
    evidence: /no container made it/,
    edits: { 'network.ts': [['address ${macOf(`${subnet}.1`)} type', 'type']] },
  },
  {
    name: 'the route added on the host',
    step: '09-nat',
    cause: ['route-on-host', 'no-route'],
    evidence: /default/,
    edits: {
      'nat.ts': [
        ['ipIn(pid, `route add', 'ip(`route add'],
        ['import { ipIn, subnetOf }', 'import { ip, subnetOf }'],
      ],
    },
  },
  {
    name: 'a route without a gateway',
    step: '09-nat',
    cause: 'route-without-gateway',
    evidence: /default dev eth0/,
    edits: { 'nat.ts': [['default via ${subnet}.1`', 'default dev eth0`']] },
  },
  {
    name: 'a priority of another hook',
    step: '09-nat',
    cause: 'nft-grammar',
    evidence: /invalid priority/,
    edits: { 'nat.ts': [['hook postrouting', 'hook prerouting']] },
  },
  {
    name: 'the name servers of the rootfs',
    step: '09-nat',
    cause: 'resolver-of-rootfs',
    evidence: /none of the host/,
    edits: {
      'main.ts': [
        ['  const nameservers = resolvConf()\n', ''],
        ["'/etc/resolv.conf', nameservers", "'/etc/resolv.conf', resolvConf()"],
      ],
    },
  },
  {
    name: 'a bridge for ordinary users too',
    step: '14-user',
    ordinary: true,
    cause: 'network-of-root',
    evidence: /EACCES/,
    edits: { 'network.ts': [['  if (isRootless()) return connectByPasta(pid)\n', '']] },
  },
  {
    name: 'a layer without its directories',
    step: '11-overlay',
    cause: 'layer-not-made',
    evidence: /ENOENT.*upper'/,
    edits: { 'layer.ts': [['    mkdirSync(`${layer}/upper`, { recursive: true })\n', '']] },
  },
  {
    name: 'the bounding set after capset',
    step: '12-capabilities',
    cause: 'capset-too-early',
    evidence: /EPERM.*prctl/,
    edits: {
      'capabilities.ts': [
        [
          '  const last',
          '  capset({ effective: kept, permitted: kept, inheritable: [] })\n  const last',
        ],
      ],
    },
  },
  {
    name: 'no_new_privs switched off',
    step: '12-capabilities',
    cause: 'prctl-refused',
    evidence: /EINVAL.*prctl/,
    edits: { 'capabilities.ts': [['NO_NEW_PRIVS, 1)', 'NO_NEW_PRIVS, 0)']] },
  },
  {
    name: 'no user may be changed',
    step: '12-capabilities',
    cause: 'capability-missing',
    evidence: /no CAP_SETUID/,
    edits: { 'capabilities.ts': [['CAP_SETGID, CAP_SETUID]', 'CAP_SETGID]']] },
  },
  {
    name: 'read-only before it was written',
    step: '12-capabilities',
    cause: 'protected-too-early',
    evidence: /EROFS.*ping_group_range/,
    edits: {
      'main.ts': [
        [
          "  writeFileSync('/proc/sys/net",
          "  protect(['/proc/sys'])\n  writeFileSync('/proc/sys/net",
        ],
      ],
    },
  },
  {
    name: 'a filter that opens no file',
    step: '13-seccomp',
    cause: 'too-much-refused',
    evidence: /^$/,
    edits: { 'filter.ts': [['open_tree perf_event_open', 'open_tree openat perf_event_open']] },
  },
  {
    name: 'a call of no machine',
    step: '13-seccomp',
    cause: 'unknown-call',
    evidence: /named userfaultfdd/,
    edits: { 'filter.ts': [['userfaultfd ustat', 'userfaultfdd ustat']] },
  },
  {
    name: 'an error of no machine',
    step: '13-seccomp',
    cause: 'unknown-call',
    evidence: /named 1$/m,
    edits: { 'filter.ts': [["errno('EPERM')", "errno('1' as never)"]] },
  },
  {
    name: 'a map that only root may write',
    step: '14-user',
    ordinary: true,
    cause: ['map-of-others', 'mapped-to-itself'],
    evidence: /EPERM|maps 0 to 0/,
    edits: { 'main.ts': [['      mapIds(pid)\n', byHand('0 0 65536')]] },
  },
  {
    name: 'a map of one user',
    step: '14-user',
    cause: ['map-too-small', 'map-of-others'],
    evidence: /has 1$|EPERM/,
    edits: { 'main.ts': [['      mapIds(pid)\n', byHand('0 100000 1')]] },
  },
  {
    name: 'a map the wrong way round',
    step: '14-user',
    cause: 'no-root-mapped',
    evidence: /EPERM.*sethostname/,
    edits: { 'main.ts': [['      mapIds(pid)\n', byHand('100000 0 65536')]] },
  },
  {
    name: 'a first case without a break',
    step: '01-exec',
    cause: 'falls-through',
    evidence: /no break/,
    edits: { 'main.ts': [['    run(rest)\n    break\n', '    run(rest)\n']] },
  },
  {
    name: 'an option that nobody told of',
    step: '07-cgroups',
    cause: 'no-value',
    evidence: /undefined/,
    edits: { 'main.ts': [["    pids: ['64', '16', '4194304'],\n", '']] },
  },
  {
    name: 'a mount on nothing',
    step: '06-pivot-root',
    cause: 'no-mount-point',
    evidence: /dev\/shm/,
    edits: { 'dev.ts': [["  mkdirSync('/dev/shm')\n", '']] },
  },
  {
    name: 'a cable that nobody unplugs',
    step: '08-net',
    cause: 'network-left-behind',
    evidence: /^$/,
    edits: { 'main.ts': [['[removeCgroup, disconnect]', '[removeCgroup]']] },
  },
  {
    name: 'a check that refuses everybody',
    step: '02-uts',
    cause: 'guard-refuses-run',
    evidence: /only `run`/,
    edits: { 'main.ts': [["  if (process.argv0 !== '/proc/self/exe')\n", '']] },
  },
  {
    name: 'mounts made private after chroot',
    step: '05-chroot',
    cause: 'private-too-late',
    evidence: /EINVAL.*'\/'/,
    edits: {
      'main.ts': [
        ["  mount(null, '/', null, MS_REC | MS_PRIVATE)\n", ''],
        ['  chroot(rootfs)\n', "  chroot(rootfs)\n  mount(null, '/', null, MS_REC | MS_PRIVATE)\n"],
      ],
    },
  },
  {
    name: '/proc before the root has changed',
    step: '08-net',
    cause: 'no-proc-yet',
    evidence: /ping_group_range/,
    edits: procFirst,
  },
  {
    name: 'the same, where nothing needs it',
    step: '07-cgroups',
    cause: 'proc-elsewhere',
    evidence: /nothing is mounted/,
    edits: procFirst,
  },
  {
    name: 'files for /run before it is there',
    step: '14-user',
    cause: 'no-run-yet',
    evidence: /run\/resolv\.conf/,
    edits: {
      'main.ts': [
        ["  mount('run', '/run', 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=755,size=4m')\n", ''],
        [
          "  provide('/etc/resolv.conf', nameservers)\n",
          "  provide('/etc/resolv.conf', nameservers)\n  mount('run', '/run', 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=755,size=4m')\n",
        ],
      ],
    },
  },
  {
    name: 'the old root made read-only when it is gone',
    step: '14-user',
    cause: 'old-root-gone',
    evidence: /mount_setattr/,
    edits: {
      'main.ts': [
        ["  umount2('.', MNT_DETACH)\n", ''],
        ['  mount_setattr(host', "  umount2('.', MNT_DETACH)\n  mount_setattr(host"],
      ],
    },
  },
  {
    name: 'capabilities given up before the last mounts',
    step: '14-user',
    cause: 'dropped-too-early',
    evidence: /EPERM.*mount/,
    edits: {
      'main.ts': [
        ['  dropCapabilities()\n', ''],
        ["  hide(['/proc/sched_debug'", "  dropCapabilities()\n  hide(['/proc/sched_debug'"],
      ],
    },
  },
  {
    name: "what is mounted below the host's root stays writable",
    step: '14-user',
    cause: 'submounts-writable',
    evidence: /AT_EMPTY_PATH, \{ attr_set/,
    edits: { 'main.ts': [['AT_EMPTY_PATH | AT_RECURSIVE, {', 'AT_EMPTY_PATH, {']] },
    ordinary: true,
  },
  {
    name: 'mounts made private by run',
    step: '04-mount',
    cause: 'in-run',
    evidence: /`run` calls mount\(null, '\/'/,
    edits: movedToRun("  mount(null, '/', null, MS_REC | MS_PRIVATE)\n"),
  },
  {
    name: 'the root of the host changed',
    step: '05-chroot',
    cause: 'in-run',
    evidence: /`run` calls chroot/,
    edits: movedToRun('  chroot(rootfs)\n'),
  },
  {
    name: 'the cgroup namespace of the run process',
    step: '07-cgroups',
    cause: 'in-run',
    evidence: /`run` calls unshare/,
    edits: movedToRun('  unshare(CLONE_NEWCGROUP)\n'),
  },
  {
    name: 'files for /etc of the host',
    step: '09-nat',
    cause: 'in-run',
    evidence: /`run` calls provide\('\/etc\/hostname/,
    edits: movedToRun("  provide('/etc/hostname', 'container\\n')\n"),
  },
  {
    name: '/sys before the root has changed',
    step: '06-pivot-root',
    cause: 'mounted-already',
    evidence: /EBUSY.*sysfs/,
    edits: {
      'main.ts': [
        ["  mount('sysfs', '/sys', 'sysfs', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)\n", ''],
        [
          '  const tty = ttyname(0)\n',
          "  const tty = ttyname(0)\n  mount('sysfs', '/sys', 'sysfs', MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)\n",
        ],
      ],
    },
  },
  {
    name: 'the old root unmounted before there is one',
    step: '06-pivot-root',
    cause: 'no-old-root-yet',
    evidence: /EINVAL.*umount2/,
    edits: {
      'main.ts': [
        ["  umount2('.', MNT_DETACH)\n", ''],
        ['  const tty = ttyname(0)\n', "  umount2('.', MNT_DETACH)\n  const tty = ttyname(0)\n"],
      ],
    },
  },
  {
    name: 'the old root made read-only without the power to',
    step: '14-user',
    cause: ['dropped-too-early', 'filter-too-early'],
    evidence: /EPERM.*mount_setattr/,
    edits: {
      'main.ts': [
        ["  umount2('.', MNT_DETACH)\n", ''],
        [mountSetattr, ''],
        ['  filterSystemCalls()\n', `  filterSystemCalls()\n${mountSetattr}`],
      ],
    },
  },
  {
    name: 'a device made twice',
    step: '06-pivot-root',
    cause: 'twice',
    evidence: /dev\.ts has this line twice: mknod\('\/dev\/null'/,
    edits: { 'dev.ts': [[mknodNull, mknodNull + mknodNull]] },
  },
  {
    name: 'plugged in twice',
    step: '08-net',
    cause: 'twice',
    evidence: /main\.ts has this line twice: connect\(pid\)/,
    edits: { 'main.ts': [['      connect(pid)\n', '      connect(pid)\n      connect(pid)\n']] },
  },
  {
    name: 'capabilities given up twice',
    step: '12-capabilities',
    cause: 'twice',
    evidence: /main\.ts has this line twice: dropCapabilities/,
    edits: {
      'main.ts': [['  dropCapabilities()\n', '  dropCapabilities()\n  dropCapabilities()\n']],
    },
  },
  {
    name: 'the way back by the path of the host',
    step: '06-pivot-root',
    cause: 'path-of-the-host',
    evidence: /is there on the host, where chdir is too late/,
    edits: { 'main.ts': [["  process.chdir('/')\n", '  process.chdir(rootfs)\n']] },
  },
  {
    name: 'the rootfs changed to twice, where it is no more',
    step: '05-chroot',
    cause: 'twice',
    evidence: /has this line twice: chroot\(rootfs\)/,
    edits: { 'main.ts': [['  chroot(rootfs)\n', '  chroot(rootfs)\n  chroot(rootfs)\n']] },
  },
  {
    name: 'a misspelt directory',
    step: '05-chroot',
    cause: 'no-such-directory',
    evidence: /the rootfs has no \/mytmp/,
    edits: { 'main.ts': [["'/mytemp'", "'/mytmp'"]] },
  },
  {
    name: 'a put_old that nobody made',
    step: '06-pivot-root',
    cause: 'no-put-old',
    evidence: /ENOENT.*'old_root'/,
    edits: {
      'main.ts': [
        [pivot, "  pivot_root('.', 'old_root')\n"],
        ["umount2('.', MNT_DETACH)", "umount2('/old_root', MNT_DETACH)"],
      ],
    },
  },
  {
    name: 'a function in place of a list',
    step: '08-net',
    cause: 'called-at-once',
    evidence: /afterEnd must be an array/,
    edits: { 'main.ts': [['afterEnd: [removeCgroup, disconnect]', 'afterEnd: disconnect']] },
  },
  {
    name: 'a limit that is a number',
    step: '07-cgroups',
    cause: ['wrong-type', 'exception'],
    evidence: /must be (?:a|of type) string/,
    edits: { 'cgroup.ts': [['`${pids}`', 'pids']] },
  },
  {
    name: 'a name that is too long',
    step: '08-net',
    cause: 'name-too-long',
    evidence: /policy validation|ifname/,
    edits: { 'network.ts': [["'container0'", "'container-bridge0'"]] },
  },
  {
    name: 'the arguments lost',
    step: '01-exec',
    cause: 'words-lost',
    evidence: /writes an empty line/,
    edits: { 'main.ts': [['spawn(file, args, { env })', 'spawn(file, [], { env })']] },
  },
  {
    name: 'devtmpfs, which is one for all',
    step: '06-pivot-root',
    cause: 'devices-of-host',
    evidence: /devtmpfs/,
    edits: {
      'dev.ts': [
        [
          "'/dev', 'tmpfs', MS_NOSUID | MS_NOEXEC, 'mode=755,size=64k'",
          "'/dev', 'devtmpfs', MS_NOSUID | MS_NOEXEC, 'mode=755'",
        ],
      ],
    },
  },
  {
    name: 'the /dev of the host',
    step: '06-pivot-root',
    cause: 'bound-from-host',
    evidence: /mount\('\/dev'/,
    edits: {
      'main.ts': [
        ['  makeDev(terminal)\n', ''],
        [
          '  process.chdir(rootfs)\n',
          "  mount('/dev', `${rootfs}/dev`, null, MS_BIND | MS_REC)\n  process.chdir(rootfs)\n",
        ],
      ],
    },
  },
  {
    name: 'devtmpfs without more',
    step: '06-pivot-root',
    cause: 'dev-of-host',
    evidence: /device \S+ in both/,
    edits: {
      'main.ts': [['  makeDev(terminal)\n', "  mount('dev', '/dev', 'devtmpfs', MS_NOSUID, '')\n"]],
    },
  },
]

/** A line of `child` that is in `run` instead. */
function movedToRun(line: string): Edits {
  const spawning = '  process.exitCode = await'
  return {
    'main.ts': [
      [line, ''],
      [spawning, line + spawning],
    ],
  }
}

/** Both maps of a user namespace, written without help. */
function byHand(map: string): string {
  const write = (file: string) => `      writeFileSync(\`/proc/\${pid}/${file}\`, '${map}')\n`
  return write('uid_map') + write('gid_map')
}
