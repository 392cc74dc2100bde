// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such strings are parts of programs
// Right programs in the styles of other people: written anew, or with parts done otherwise.
import { reference } from '../../tools/companion/learner'
import type { Right } from './right'

const head = `import { die, parse, usage } from '#shared/cli'
import { term } from '#shared/term'
process.on('uncaughtException', die)
process.umask(0o022)
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const env = { HOME: '/root', PATH, PS1: '# ', TERM: term() }
`

const promises = `${head}import { spawn } from '#native/spawn'
const verbs: Record<string, (words: string[]) => void> = {
  run: (words) => {
    const [file, ...args] = parse(words).command
    spawn(file, args, { env }).then((status) => process.exit(status), die)
  },
}
const [verb = '', ...words] = process.argv.slice(2)
const act = verbs[verb] ?? usage
act(words)
`

const classes = `${head}import { mount, MS_PRIVATE, MS_REC } from '#native/mount'
import * as sched from '#native/sched'
import { spawn } from '#native/spawn'
import { execvp, sethostname } from '#native/unistd'
import { reexec } from '#shared/reexec'

abstract class Verb {
  protected readonly words: string[]
  constructor(words: string[]) {
    this.words = words
  }
  abstract act(): Promise<void>
}

class Run extends Verb {
  readonly #flags = [sched.CLONE_NEWNS, sched.CLONE_NEWPID, sched.CLONE_NEWUTS]
  async act() {
    const { command } = parse(this.words)
    const cloneflags = this.#flags.reduce((sum, flag) => sum | flag, 0)
    const status = await spawn('/proc/self/exe', reexec('become', command), { cloneflags })
    process.exitCode = status
  }
}

class Become extends Verb {
  async act() {
    if (process.argv0 !== '/proc/self/exe') usage('that is for run alone')
    this.#world()
    const [file, ...args] = this.words
    execvp(file, args, env)
  }
  #world() {
    mount('none', '/', null, MS_PRIVATE | MS_REC)
    mount('none', '/proc', 'proc')
    sethostname('classy')
  }
}

const [verb, ...words] = process.argv.slice(2)
const known = new Map<string | undefined, new (words: string[]) => Verb>([
  ['run', Run],
  ['become', Become],
])
const Found = known.get(verb)
if (Found) void new Found(words).act()
else usage()
`

export const styles: Right[] = [
  {
    name: 'promises, and a table of verbs',
    step: '01-exec',
    edits: {},
    files: { 'main.ts': promises },
  },
  {
    name: 'a class for each verb',
    step: '04-mount',
    edits: {},
    files: { 'main.ts': classes },
  },
  {
    name: 'the command found by hand, and a switch of ifs',
    step: '03-pid',
    edits: {
      'main.ts': [
        [
          "switch (verb) {\n  case 'run':\n    run(rest)\n    break\n  case 'child':\n    child(rest)\n    break\n  default:\n    usage()\n}",
          "if (verb === 'run') void run(rest)\nelse if (verb === 'child') child(rest)\nelse usage()",
        ],
        [
          '  const { command } = parse(argv)\n',
          "  const command = argv[0] === '--' ? argv.slice(1) : argv\n  if (!command[0] || command[0].startsWith('-')) usage()\n",
        ],
        [
          "import { die, parse, usage } from '#shared/cli'",
          "import { die, usage } from '#shared/cli'",
        ],
      ],
    },
  },
  {
    name: 'put_old on the tmpfs',
    step: '06-pivot-root',
    edits: {
      'main.ts': [
        [
          "import { openSync } from 'node:fs'",
          "import { mkdirSync, openSync, rmdirSync } from 'node:fs'",
        ],
        [
          "  pivot_root('.', '.')\n",
          "  mount('thing', 'mytemp', 'tmpfs', 0, 'size=8m')\n  mkdirSync('mytemp/old')\n  pivot_root('.', 'mytemp/old')\n  process.chdir('/')\n",
        ],
        ["  mount('thing', '/mytemp', 'tmpfs', 0, 'size=8m')\n", ''],
        [
          "umount2('.', MNT_DETACH)",
          "umount2('/mytemp/old', MNT_DETACH)\n  rmdirSync('/mytemp/old')",
        ],
      ],
    },
  },
  {
    name: 'a file of limits, and a shorter period',
    step: '07-cgroups',
    edits: {
      'cgroup.ts': [
        [
          "  writeFileSync(`${group}/memory.max`, `${memory}`)\n  writeFileSync(`${group}/memory.swap.max`, '0')\n  writeFileSync(`${group}/pids.max`, `${pids}`)\n  writeFileSync(`${group}/cpu.max`, `${Math.round(cpus * 100_000)} 100000`)\n",
          "  const limits = {\n    'pids.max': pids,\n    'cpu.max': `${Math.round(cpus * 50_000)} 50000`,\n    'memory.max': memory,\n    'memory.swap.max': 0,\n  }\n  for (const [file, value] of Object.entries(limits)) writeFileSync(`${group}/${file}`, `${value}`)\n",
        ],
      ],
    },
  },
  {
    name: 'another host name, and its interface named after it',
    step: '08-net',
    edits: {
      'main.ts': [["sethostname('container')", "sethostname('web-1')"]],
      'network.ts': [
        ['peer name eth0 mtu', 'peer name web-1 mtu'],
        ['link set eth0 up', 'link set web-1 up'],
        ['dev eth0', 'dev web-1'],
      ],
    },
  },
  {
    name: 'files of /etc with more in them, and another name',
    step: '09-nat',
    edits: {
      'main.ts': [
        ["sethostname('container')", "sethostname('den')"],
        [
          "'127.0.0.1 localhost container\\n::1 localhost\\n'",
          "'127.0.0.1 localhost\\n127.0.1.1 den\\n::1 localhost\\n'",
        ],
        ["provide('/etc/hostname', 'container\\n')", "provide('/etc/hostname', 'den\\n')"],
      ],
    },
  },
  {
    name: 'namespaces left by unshare, in the child',
    step: '10-ipc',
    edits: {
      'main.ts': [
        [' | CLONE_NEWIPC,', ','],
        ['  unshare(CLONE_NEWCGROUP)\n', '  unshare(CLONE_NEWCGROUP | CLONE_NEWIPC)\n'],
      ],
    },
  },
  {
    name: 'another host name, to the end',
    step: '14-user',
    edits: {
      'main.ts': [
        ["sethostname('container')", "sethostname('den')"],
        ['127.0.0.1 localhost container', '127.0.0.1 localhost den'],
        ["provide('/etc/hostname', 'container\\n')", "provide('/etc/hostname', 'den\\n')"],
      ],
    },
  },
  {
    name: 'mounts before chroot',
    step: '05-chroot',
    edits: {
      'main.ts': [
        ['  chroot(rootfs)\n', ''],
        ["'/proc', 'proc'", "`${rootfs}/proc`, 'proc'"],
        ["'/mytemp'", '`${rootfs}/mytemp`'],
        ["  process.chdir('/')\n", "  chroot(rootfs)\n  process.chdir('/')\n"],
      ],
    },
  },
  {
    name: 'the rootfs moved to /, as an initramfs does it',
    step: '05-chroot',
    edits: {
      'main.ts': [
        [
          '  chroot(rootfs)\n',
          "  mount(rootfs, rootfs, null, 4096 | MS_REC) // MS_BIND\n  process.chdir(rootfs)\n  mount('.', '/', null, 8192) // MS_MOVE\n  chroot('.')\n",
        ],
      ],
    },
  },
  {
    name: 'ip by nsenter, a command at a time',
    step: '08-net',
    edits: {
      'network.ts': [
        [
          'import { withLock }',
          "import { execSync } from 'node:child_process'\nimport { withLock }",
        ],
        [
          'import { freeNumber, ignoreIPv6, ip, ipIn, macOf }',
          'import { freeNumber, ignoreIPv6, ip, macOf }',
        ],
        [
          "    ipIn(pid, 'link set lo up', 'link set eth0 up', `addr add ${subnet}.${number}/24 dev eth0`)\n",
          "    const inside = (words: string) => execSync(`nsenter --target ${pid} --net ip ${words}`)\n    inside('link set lo up')\n    inside('link set eth0 up')\n    inside(`addr add ${subnet}.${number}/24 dev eth0`)\n",
        ],
      ],
    },
  },
  {
    name: 'a table for both versions of IP',
    step: '09-nat',
    edits: {
      'nat.ts': [
        ["addTable('ip container'", "addTable('inet container'"],
        ["removeTable('ip container'", "removeTable('inet container'"],
      ],
    },
  },
  {
    name: 'a script with lines that end as on Windows',
    step: '10-ipc',
    edits: {},
    files: {
      'main.ts': `#!/usr/bin/env -S npx tsx\n${reference('10-ipc')['main.ts']}`.replaceAll(
        '\n',
        '\r\n',
      ),
    },
  },
  {
    name: 'a quota for the usual period',
    step: '07-cgroups',
    edits: {
      'cgroup.ts': [['`${Math.round(cpus * 100_000)} 100000`', '`${Math.round(cpus * 100_000)}`']],
    },
  },
]
