// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such strings are parts of programs
// Right programs in another style than the reference's, each as its difference from it.
import type { Wrong } from './wrong'

export type Right = Pick<Wrong, 'name' | 'step' | 'edits'> & { files?: Record<string, string> }

export const rights: Right[] = [
  {
    name: 'words of its own on stdout, before and after the command',
    step: '01-exec',
    edits: {
      'main.ts': [
        ['  const { command } =', "  console.log('run')\n  const { command } ="],
        ['{ env })\n', "{ env })\n  console.log('ended')\n"],
      ],
    },
  },
  {
    name: 'no annotations, and a variable too many',
    step: '01-exec',
    edits: { 'main.ts': [['run(argv: string[]) {\n', 'run(argv) {\n  const unused = 1\n']] },
  },
  {
    name: 'another host name',
    step: '02-uts',
    edits: { 'main.ts': [["sethostname('container')", "sethostname('box')"]] },
  },
  {
    name: 'another verb',
    step: '02-uts',
    edits: {
      'main.ts': [
        ["case 'child'", "case 'inside'"],
        ["reexec('child'", "reexec('inside'"],
      ],
    },
  },
  {
    name: 'MS_SLAVE in place of MS_PRIVATE',
    step: '04-mount',
    edits: {
      'main.ts': [
        ['MS_PRIVATE, MS_NOSUID', 'MS_SLAVE, MS_NOSUID'],
        ['MS_REC | MS_PRIVATE', 'MS_REC | MS_SLAVE'],
      ],
    },
  },
  {
    name: 'chdir before chroot',
    step: '05-chroot',
    edits: {
      'main.ts': [['  chroot(rootfs)\n', "  process.chdir(rootfs)\n  chroot('.')\n"]],
    },
  },
  {
    name: 'put_old, as in the textbook',
    step: '06-pivot-root',
    edits: {
      'main.ts': [
        [
          "import { openSync } from 'node:fs'",
          "import { mkdirSync, openSync, rmdirSync } from 'node:fs'",
        ],
        ["  pivot_root('.', '.')\n", "  mkdirSync('put_old')\n  pivot_root('.', 'put_old')\n"],
        ["  mount('proc',", "  process.chdir('/')\n  mount('proc',"],
        ["umount2('.', MNT_DETACH)", "umount2('/put_old', MNT_DETACH)\n  rmdirSync('/put_old')"],
      ],
    },
  },
  {
    name: 'a tmpfs on /tmp',
    step: '06-pivot-root',
    edits: {
      'main.ts': [
        ['  makeDev(terminal)\n', "  makeDev(terminal)\n  mount('tmp', '/tmp', 'tmpfs')\n"],
      ],
    },
  },
  {
    name: 'one device more',
    step: '06-pivot-root',
    edits: {
      'dev.ts': [
        [
          "  mkdirSync('/dev/pts')\n",
          "  mknod('/dev/fuse', S_IFCHR | 0o666, 10, 229)\n  mkdirSync('/dev/pts')\n",
        ],
      ],
    },
  },
  {
    name: 'devices by bind mount',
    step: '06-pivot-root',
    edits: {
      'main.ts': [
        ["  pivot_root('.', '.')\n", "  mkdirSync('put_old')\n  pivot_root('.', 'put_old')\n"],
        [
          "import { openSync } from 'node:fs'",
          "import { mkdirSync, openSync, rmdirSync } from 'node:fs'",
        ],
        ["  mount('proc',", "  process.chdir('/')\n  mount('proc',"],
        ["umount2('.', MNT_DETACH)", "umount2('/put_old', MNT_DETACH)\n  rmdirSync('/put_old')"],
      ],
      'dev.ts': [
        ["  mknod('/dev/null', S_IFCHR | 0o666, 1, 3)\n", "  bind('null')\n"],
        ["  mknod('/dev/zero', S_IFCHR | 0o666, 1, 5)\n", "  bind('zero')\n"],
        [
          '/** Fills /dev;',
          "function bind(name: string) {\n  writeFileSync(`/dev/${name}`, '')\n  mount(`/put_old/dev/${name}`, `/dev/${name}`, null, MS_BIND)\n}\n\n/** Fills /dev;",
        ],
      ],
    },
  },
  {
    name: 'fixed limits, as in the talk',
    step: '07-cgroups',
    edits: {
      'main.ts': [
        [
          "const { command, options } = parse(argv, {\n    memory: ['256M', '32M', '8388607G'],\n    pids: ['64', '16', '4194304'],\n    cpus: ['1', '0.1', '175921860'],\n  })",
          'const { command } = parse(argv)',
        ],
        ['limit(pid, options)', 'limit(pid, { memory: 64 << 20, pids: 20, cpus: 0.5 })'],
      ],
    },
  },
  {
    name: 'a nested group',
    step: '07-cgroups',
    edits: {
      'cgroup.ts': [
        ['mkdirSync, readFileSync,', 'mkdirSync, readdirSync, readFileSync,'],
        ["import { removeLeftovers } from '#shared/leftovers'\n", ''],
        [
          'const group = `${root}/container-${process.pid}`',
          'const parent = `${root}/all-of-mine`\nconst group = `${parent}/${process.pid}`',
        ],
        ['  removeLeftovers(root)\n', ''],
        [
          '  mkdirSync(group)\n',
          `  attempt(() => mkdirSync(parent))
  for (const name of readdirSync(parent)) attempt(() => rmdirSync(\`\${parent}/\${name}\`))
  writeFileSync(\`\${parent}/cgroup.subtree_control\`, '+memory +pids +cpu')
  mkdirSync(group)
`,
        ],
        [
          '  rmdirSync(group)\n}',
          `  rmdirSync(group)
  attempt(() => rmdirSync(parent))
}

function attempt(act: () => void) {
  try {
    act()
  } catch {} // it is there, or in use
}`,
        ],
      ],
    },
  },
  {
    name: 'an interface under another name',
    step: '08-net',
    edits: {
      'network.ts': [
        ['type veth peer name eth0', 'type veth peer name net0'],
        ['link set eth0 up', 'link set net0 up'],
        ['dev eth0', 'dev net0'],
      ],
    },
  },
  {
    name: 'ip_forward for the whole host, put back at the end',
    step: '09-nat',
    edits: {
      'nat.ts': [
        [
          "import { forward, stopForwarding } from '#shared/forwarding'",
          "import { readFileSync, writeFileSync } from 'node:fs'\nimport { alias } from '#shared/links'",
        ],
        ['{ ipIn,', '{ ip, ipIn,'],
        [
          '    forward(bridge)\n',
          "    if (readFileSync(file, 'utf8') === '1\\n') return\n    writeFileSync(file, '1')\n    ip(`link set ${bridge} alias off`)\n",
        ],
        [
          '    stopForwarding(bridge)\n',
          "    if (alias(bridge) === 'off') writeFileSync(file, '0')\n",
        ],
        [
          "const bridge = 'container0'\n",
          "const bridge = 'container0'\nconst file = '/proc/sys/net/ipv4/ip_forward'\n",
        ],
      ],
    },
  },
  {
    name: 'a fixed size, and the bind mount above the overlay',
    step: '11-overlay',
    edits: {
      'layer.ts': [['Math.floor((memory - 28 * 1024 ** 2) / 2)', '16 * 1024 ** 2']],
      'main.ts': [
        ['import { MS_RDONLY,', 'import { MS_BIND, MS_RDONLY,'],
        [
          '  mountLayers(rootfs, layers, memory)\n',
          '  mountLayers(rootfs, layers, memory)\n  mount(rootfs, rootfs, null, MS_BIND | MS_REC)\n',
        ],
      ],
    },
  },
  {
    name: 'the layer mounted on /mytemp of the rootfs',
    step: '11-overlay',
    edits: {
      'layer.ts': [
        ["mount('layer', rootfs, 'tmpfs'", "mount('layer', `${rootfs}/mytemp`, 'tmpfs'"],
        ['  overlay(rootfs)\n', '  overlay(`${rootfs}/mytemp`)\n'],
      ],
    },
  },
  {
    name: 'fewer capabilities, and capset last',
    step: '12-capabilities',
    edits: {
      'capabilities.ts': [
        ['CAP_FOWNER, CAP_FSETID, CAP_SYS_CHROOT]', 'CAP_FOWNER, CAP_SYS_CHROOT]'],
        ['  capset({ effective: kept, permitted: kept, inheritable: [] })\n', ''],
        [
          '  prctl(PR_SET_NO_NEW_PRIVS, 1)\n',
          '  prctl(PR_SET_NO_NEW_PRIVS, 1)\n  capset({ effective: kept, permitted: kept, inheritable: [] })\n',
        ],
      ],
    },
  },
  {
    name: 'paths hidden that the reference only protects',
    step: '12-capabilities',
    edits: {
      'main.ts': [
        [
          "  protect(['/proc/bus', '/proc/fs', '/proc/irq', ",
          "  hide(['/proc/bus', '/proc/fs', '/proc/irq'])\n  protect([",
        ],
      ],
    },
  },
  {
    name: 'a list of allowed calls',
    step: '13-seccomp',
    edits: {
      'filter.ts': [
        ['import { SECCOMP_SET_MODE', 'import { numbers, SECCOMP_SET_MODE'],
        [
          '    answer(allow),\n  )',
          '    ...Object.keys(numbers).map((name) => ifCall(name, allow)),\n    answer(refuse),\n  )',
        ],
      ],
    },
  },
  {
    name: 'refused calls end the process',
    step: '13-seccomp',
    edits: { 'filter.ts': [["errno('EPERM')", 'SECCOMP_RET_KILL_PROCESS']] },
  },
  {
    name: 'the map written by hand',
    step: '14-user',
    edits: {
      'main.ts': [
        [
          '      mapIds(pid)\n',
          "      for (const map of ['uid_map', 'gid_map'])\n        if (process.getuid?.() === 0) writeFileSync(`/proc/${pid}/${map}`, '0 1000000 65536')\n      if (process.getuid?.() !== 0) mapIds(pid)\n",
        ],
      ],
    },
  },
  {
    name: 'the host read-only from the beginning',
    step: '14-user',
    edits: {
      'main.ts': [
        [
          "  mount_setattr(host, '', AT_EMPTY_PATH | AT_RECURSIVE, { attr_set: MOUNT_ATTR_RDONLY })\n",
          '',
        ],
        [
          "  const host = openSync('/', 'r')\n",
          "  const host = openSync('/', 'r')\n  if (!JSON.parse(disk).layers[0]) mount_setattr(host, '', AT_EMPTY_PATH | AT_RECURSIVE, { attr_set: MOUNT_ATTR_RDONLY })\n",
        ],
      ],
    },
  },
]
