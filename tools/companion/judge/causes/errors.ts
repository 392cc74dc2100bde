// Errors that end a program: its own message is the evidence.
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isV2 } from '../../../../test/harness/cgroup'
import { at } from '../../../setup/project.mjs'
import type { Cause } from '../cause'
import type { Scene } from '../scene'
import { says } from './says'
import { flagMissing, late, onFreshHost } from './shared'

const noMounts = flagMissing('mnt', 'CLONE_NEWNS', { step: '04-mount', pattern: /CLONE_NEWNS/ })

/** What isn't there, and the import that may have been meant. */
function lacking(name: string): string {
  const file = `${basename(name).replace(/(\.[jt]s)+$/, '')}.ts`
  const rooms = [
    ['native', `#native/${file.slice(0, -3)}`],
    ['steps/shared', `#shared/${file.slice(0, -3)}`],
    ['rootfs', '#rootfs'],
  ] as const
  const [, meant] = rooms.find(([folder]) => existsSync(at(folder, file))) ?? []
  return `there is no ${name}${meant ? `; what you mean may be '${meant}'` : ''}`
}

/** A call that makes the container, and needs what step 12 and 13 take away. */
const refused = /EPERM\S* .*(?:mount|pivot_root|sethostname|unshare|clone)\b.*/

/** Writing a map of users, or of groups. */
const mapRefused = /EPERM.* '\/proc\/\d+\/[ug]id_map'|EPERM[^']* write$/m

/** A case for run that goes on with the next one. */
const fallsThrough =
  /case 'run':(?:(?!\b(?:break|return|case|default)\b)[\s\S])*\b(?:case '|default:)/

/** Whether the line of main.ts that failed stands before another. */
function isBefore({ error, source }: Scene, pattern: RegExp): boolean {
  const [, failed] = /^main\.ts:(\d+)/m.exec(error?.places.join('\n') ?? '') ?? []
  const lines = source.split('\n')
  return failed !== undefined && lines.findLastIndex((line) => pattern.test(line)) >= Number(failed)
}

const filtering = /^ +(?:filterSystemCalls|seccomp)\(/

/** How the process was started that says how it is called. */
const badlyCalled = ({ error, said }: Scene) => (/^usage: /m.test(said) ? error : undefined)

export const causes: Cause[] = [
  {
    id: 'not-written-yet',
    evidence: says(/is yours to write/, () => 'it says so itself'),
    usually:
      '`run` of the starter only says what it was asked for: starting the command is the first thing you write.',
    look: 'Read steps/01-exec/main.ts from top to bottom: npm run diff -- mine 1 shows what is missing.',
    call: 'spawn() of #native/spawn starts a program and resolves to its exit status. See execve(2) and wait(2).',
    lines: { step: '01-exec', pattern: /command$|spawn\(/ },
  },
  {
    id: 'missing-file',
    evidence: says(/Cannot find module '(\.\/[^']*)'/, ([, name]) => lacking(`${name}.ts`)),
    usually:
      "It's a file of its own beside main.ts, and it isn't there, or has another name: './cgroup' is my-container/cgroup.ts.",
    look: 'ls my-container/',
    call: 'Each step says which files it adds: npm run diff -- N shows them.',
  },
  {
    id: 'import-path',
    evidence: says(/(?:Cannot find module|Package import specifier) ['"]([^'"]*)/, ([, name]) =>
      lacking(`${name}`),
    ),
    usually:
      "The path of an import is wrong. System calls are '#native/spawn', '#native/mount' and so on, the rest is '#shared/cli', '#shared/reexec' and '#rootfs'; './cgroup' is a file next to your main.ts.",
    look: 'Look at the import lines at the top of your program.',
    call: 'The imports are the same in steps/ and in my-container/: npm run diff -- mine N shows them.',
  },
  {
    id: 'not-reexecuted',
    evidence: ({ error }) =>
      error?.file === '/proc/self/exe' &&
      error.message.startsWith('SyntaxError') &&
      error.words[0] === '-c' &&
      'the second start is `node /bin/sh -c …`: Node reads the command as JavaScript',
    usually:
      '/proc/self/exe is Node. Its words have to name your program and a verb, before those of the command.',
    look: 'Print what spawn() gets as its words.',
    call: "spawn('/proc/self/exe', reexec('child', command), …): reexec() puts your program and the verb before them.",
    lines: { step: '02-uts', pattern: /reexec\('/ },
  },
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
    id: 'does-not-compile',
    evidence: says(/[^/\s]+\.ts:\d+:\d+: ERROR: .*|SyntaxError: .*/),
    usually:
      'A bracket, a comma or a quote is missing, or is one too many, at the line named here or just before it.',
    look: 'Open the file at that line.',
    call: 'Your editor and npx tsc --noEmit --project my-container name the place as well.',
  },
  {
    id: 'addon',
    evidence: says(/the native addon .*/, ([text]) => text),
    usually: "The native addon wasn't built for this Node, or has been removed since.",
    look: 'npm run doctor says what is missing on this machine.',
    call: 'npm run build',
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
    id: 'joined-late',
    evidence: says(
      /ESRCH.*\bwrite\b.*/,
      ([text]) =>
        `${text}: when the pid was written into cgroup.procs, that process had already ended`,
    ),
    ...late,
  },
  {
    id: 'limits-elsewhere',
    evidence: says(/EBUSY.*rmdir '\/sys\/fs\/cgroup.*/, ([text]) => text),
    usually:
      "A process is still in the group when it should go, most often `run` itself: process.pid was written into cgroup.procs in place of the child's pid. A limit holds for the processes in cgroup.procs, and for no others.",
    look: 'While a container runs, on the host: cat /proc/PID/cgroup of both, and cat cgroup.procs in the group that has the limits.',
    call: 'Write the pid that beforeExec(pid) gets, not process.pid. See cgroups(7).',
    lines: { step: '07-cgroups', file: 'cgroup.ts', pattern: /cgroup\.procs|rmdirSync\(/ },
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
    id: 'no-value',
    evidence: says(/^E\w+: .*(?:'[^']*\b(?:undefined|NaN)\b[^']*'.*|: (?:undefined|NaN)\b.*)/m),
    usually:
      'What the call gets has `undefined` or `NaN` in it: a variable that was never set, an option that parse() was not told about, or a misspelt name.',
    look: 'Print what you build the words from, right before the call.',
    call: 'The type checker finds most of these: npx tsc --noEmit --project my-container.',
  },
  {
    id: 'names-of-v2',
    evidence: (scene) =>
      !isV2 && /E\w+: .* '\/sys\/fs\/cgroup\/container-[^/']*(\/[^']*)?'/.exec(scene.said)?.[0],
    usually:
      'This host has the controllers of cgroup v1, each in another tree: a group right below /sys/fs/cgroup has no files.',
    look: 'ls /sys/fs/cgroup',
    call: "import { mkdirSync, … } from '#shared/cgroupfs', not from node:fs: on such hosts it translates the names and values of v2.",
    lines: { step: '07-cgroups', file: 'cgroup.ts', pattern: /#shared\/cgroupfs/ },
  },
  {
    id: 'no-such-limit',
    evidence: says(/(?:EACCES|ENOENT)\S* .*open '\/sys\/fs\/cgroup\/[^']*'.*/),
    usually:
      "The group has no such file. The kernel makes them, for each controller that its parent's cgroup.subtree_control names; nobody else can.",
    look: `On the host: ls /sys/fs/cgroup${isV2 ? '/*/' : '/*'}; cat /sys/fs/cgroup/cgroup.subtree_control`,
    call: 'memory.max, memory.swap.max, pids.max and cpu.max, after the controllers were switched on for the groups below. See cgroups(7).',
    lines: { step: '07-cgroups', file: 'cgroup.ts', pattern: /subtree_control|max`,/ },
  },
  {
    id: 'value-refused',
    evidence: says(/(?:EINVAL|ERANGE)\S* .* write '\/sys\/fs\/cgroup.*/),
    usually:
      'The kernel refuses what is written into this file: another unit, another order, or not a whole number.',
    look: `On the host: cat the files of a group in /sys/fs/cgroup${isV2 ? '' : '/*'}. What they say is what they take.`,
    call: 'memory.max is in bytes, cpu.max "quota period" in microseconds, pids.max a number. See cgroups(7) and the documentation of cgroup v2.',
    lines: { step: '07-cgroups', file: 'cgroup.ts', pattern: /(max|procs)`,/ },
  },
  {
    id: 'out-of-memory',
    evidence: says(/^out of memory: .*/m),
    usually: "The limit on memory is too low for anything to run: most likely it isn't in bytes.",
    look: `While a container runs: cat ${isV2 ? 'memory.max' : 'memory.limit_in_bytes'} in its group.`,
    call: 'options.memory is a number of bytes, and so is what memory.max takes. See cgroups(7).',
    lines: { step: '07-cgroups', file: 'cgroup.ts', pattern: /memory\.max/ },
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
    id: 'limits-by-child',
    evidence: says(
      /EEXIST.*mkdir '\/sys\/fs\/cgroup[^']*\D1'/,
      ([text]) => `${text}: 1 is what process.pid is in the container`,
    ),
    usually:
      'The group is made by `child`, in the container: there every container is process 1, and so all groups have one name. Nor may what runs in it set its own limits.',
    look: 'Print process.pid where the group gets its name.',
    call: 'limit(pid, …) in beforeExec(pid), which `run` calls on the host while the child waits.',
    lines: { step: '07-cgroups', pattern: /beforeExec|limit\(pid/ },
  },
  {
    id: 'group-exists',
    evidence: says(/EEXIST.*mkdir '\/sys\/fs\/cgroup.*/),
    usually:
      'The group is there already: an earlier run left it, or a container that still runs has the same name.',
    look: `ls -d /sys/fs/cgroup/${isV2 ? '' : '*/'}container*, after a run and during one`,
    call: 'A name with process.pid in it belongs to one run alone; rmdir the group after the end, and remove what a killed run left.',
    lines: {
      step: '07-cgroups',
      file: 'cgroup.ts',
      pattern: /process\.pid|rmdirSync\(|removeLeftovers\(/,
    },
  },
  {
    id: 'left-by-a-run',
    evidence: says(/EEXIST.*/),
    usually:
      'What is made here is there already: an earlier run left it, most often in the root file system, which all runs share.',
    look: 'Run it twice, and look in between: ls -la rootfs/busybox',
    call: "Make things on a tmpfs of the container's own, which ends with it, or remove them; never count on a fresh rootfs.",
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
    id: 'overlay-refused',
    evidence: says(/E\w+: .*mount 'overlay'.*/),
    usually:
      "overlayfs refuses these directories. Most often, upperdir= and workdir= aren't on the same mount, one of them lies in a lower directory, or an option is misspelt.",
    look: 'dmesg | grep overlayfs: the kernel says there why, in a sentence.',
    call: 'lowerdir=A:B,upperdir=C,workdir=D, with C and D two empty directories of one file system that is no overlay.',
    lines: { step: '11-overlay', file: 'layer.ts', pattern: /upper|options/ },
  },
  {
    id: 'no-root-mapped',
    evidence: (scene) =>
      scene.step >= '14' &&
      /uid_map/.test(scene.source) &&
      /EPERM.* sethostname.*/.exec(scene.said)?.[0],
    usually: 'The map that is written gives the namespace no user 0, so the child is nobody in it.',
    look: 'While the child waits: cat /proc/PID/uid_map. The first number is the one inside.',
    call: 'A line is INSIDE OUTSIDE COUNT: 0 BASE 65536. See user_namespaces(7), uid_map.',
    lines: { step: '14-user', pattern: /mapIds\(/ },
  },
  {
    id: 'users-not-mapped',
    evidence: (scene) =>
      scene.step >= '14' &&
      ((!/mapIds\(|uid_map/.test(scene.source) && /EPERM.* sethostname.*/.exec(scene.said)?.[0]) ||
        /.*has no users yet.*/.exec(scene.said)?.[0]),
    usually:
      'The namespace has no users yet, or no groups, so the child is nobody in it and may do nothing.',
    look: 'While the child waits: cat /proc/PID/uid_map /proc/PID/gid_map. One is empty.',
    call: 'mapIds(pid) in beforeExec, before all else. See user_namespaces(7), uid_map.',
    lines: { step: '14-user', pattern: /mapIds\(/ },
  },
  {
    id: 'files-not-shown',
    evidence: (scene) =>
      scene.step >= '14' &&
      !/showFiles\(|open_tree\(.*OPEN_TREE_CLONE/.test(scene.source) &&
      /.*EACCES.*/.exec(scene.said)?.[0],
    usually:
      "Root of the namespace is a user without a name on the host, and the layer is another's.",
    look: 'On the host: ls -ln the directory of the layer; and cat /proc/PID/uid_map',
    call: 'showFiles(pid, rootfs, layers) in beforeExec, after mapIds(pid): it gives the layer to that user. See mount_setattr(2).',
    lines: { step: '14-user', pattern: /showFiles\(/ },
  },
  {
    id: 'filter-too-early',
    evidence: (scene) =>
      scene.step >= '13' && !isBefore(scene, filtering) && refused.exec(scene.said)?.[0],
    usually:
      'The filter is set before the container is made, and refuses your own calls. It holds from the moment it is set, for this process and all that it starts.',
    look: 'In which line does the program set the filter, and which calls come after it?',
    call: 'filterSystemCalls() comes last in `child`, right before execvp(). The same holds for capabilities.',
    lines: {
      step: '13-seccomp',
      pattern: /dropCapabilities\(\)|filterSystemCalls\(\)|execvp\(file/,
    },
  },
  {
    id: 'protected-too-early',
    evidence: (scene) =>
      scene.step >= '12' && /EROFS\S* .*open '\/(proc|sys)\/.*/.exec(scene.said)?.[0],
    usually: 'What you write there yourself comes after the moment when it became read-only.',
    look: 'In which order does `child` call them?',
    call: "protect(['/proc/sys', …]) after the last setting is written.",
    lines: { step: '12-capabilities', pattern: /protect\(\[|ping_group_range/ },
  },
  {
    id: 'capset-too-early',
    evidence: (scene) => scene.step >= '12' && /EPERM\S* .*prctl.*/.exec(scene.said)?.[0],
    usually:
      'capset() has given up CAP_SETPCAP, and without it nobody may shrink the bounding set.',
    look: 'In which order does dropCapabilities() call them?',
    call: 'prctl(PR_CAPBSET_DROP, …) first, then capset(). See capabilities(7).',
    lines: {
      step: '12-capabilities',
      file: 'capabilities.ts',
      pattern: /PR_CAPBSET_DROP, |capset\(\{/,
    },
  },
  {
    id: 'prctl-refused',
    evidence: says(/EINVAL\S* .*prctl.*/),
    usually:
      "prctl's other arguments depend on the first, and the kernel refuses any that means nothing.",
    look: 'Print what the call gets, and compare it with its manual page.',
    call: 'prctl(PR_SET_NO_NEW_PRIVS, 1), prctl(PR_CAPBSET_DROP, cap) up to cap_last_cap. See prctl(2).',
    lines: { step: '12-capabilities', file: 'capabilities.ts', pattern: /prctl\(|cap_last_cap/ },
  },
  {
    id: 'unknown-call',
    evidence: says(/.*there is no (system call|error) (named|called) .*/),
    usually: 'A name is misspelt: no machine has a call, or an error, of this name.',
    look: 'The line named above: which words does it get?',
    call: 'syscalls(2) lists the calls, errno(3) the errors.',
    lines: { step: '13-seccomp', file: 'filter.ts', pattern: /errno\('|ifCall\(/ },
  },
  {
    id: 'dropped-too-early',
    evidence: (scene) => scene.step >= '12' && refused.exec(scene.said)?.[0],
    usually: 'The capabilities are given up before the container is made, which needs them.',
    look: 'In which line does the program give them up, and which calls come after it?',
    call: 'dropCapabilities() comes last in `child`, right before execvp(). See capabilities(7).',
    lines: { step: '12-capabilities', pattern: /dropCapabilities\(\)|execvp\(file/ },
  },
  {
    id: 'map-of-others',
    evidence: (scene) =>
      /[ug]id_map/.test(scene.source) &&
      /\|\s*CLONE_NEWUSER/.test(scene.source) &&
      mapRefused.exec(scene.said)?.[0],
    usually:
      'It was started by an ordinary user, who may map nobody but himself: one line, of one user.',
    look: 'As yourself, without sudo: npm run step -- my-container/main.ts /bin/true',
    call: 'mapIds(pid) of #shared/ids: newuidmap writes what /etc/subuid gives you, else it maps you alone. See newuidmap(1), subuid(5).',
    lines: { step: '14-user', pattern: /mapIds\(/ },
  },
  {
    id: 'no-user-to-map',
    evidence: says(mapRefused),
    usually: 'CLONE_NEWUSER is missing from the flags, so there is no new map to write.',
    look: 'man user_namespaces: a map can be written once, and not that of the host.',
    call: 'Add CLONE_NEWUSER to the cloneflags of spawn(). See user_namespaces(7).',
    lines: { step: '14-user', pattern: /CLONE_NEWUSER/ },
  },
  {
    id: 'devices-made',
    evidence: says(/EPERM.* mknod.*/),
    usually: 'A user namespace may make no devices, even if it has CAP_MKNOD.',
    look: 'In any user namespace: unshare --user --map-root-user mknod /tmp/null c 1 3',
    call: "Bind mounts of the host's devices. See user_namespaces(7), and mknod(2), EPERM.",
    lines: { step: '14-user', file: 'dev.ts', pattern: /mknod/ },
  },
  {
    id: 'network-of-root',
    evidence: (scene) =>
      scene.step >= '14' &&
      /EACCES\S* .* '\/run\/[^']*\.lock'|.*(ip|nft)\b.* Operation not permitted.*/.exec(
        scene.said,
      )?.[0],
    usually: 'It was started by an ordinary user, who may make no bridge and no rules on the host.',
    look: 'As yourself, without sudo: npm run step -- my-container/main.ts /bin/true',
    call: 'isRootless() of #shared/ids tells: then connectByPasta(pid) of #shared/pasta is the network, and there is no NAT to open.',
    lines: { step: '14-user', file: 'network.ts', pattern: /isRootless\(\)/ },
  },
  {
    id: 'bridge-not-known',
    evidence: says(/there is a network interface .* already, and no container made it/),
    usually:
      "The program has made this bridge itself, and the next container takes it for a stranger's: it knows a bridge by its hardware address.",
    look: 'On the host, while a container runs: ip -br link',
    call: 'link add NAME address MAC type bridge, with the address that macOf() of #shared/network makes.',
    lines: { step: '08-net', file: 'network.ts', pattern: /macOf\(/ },
  },
  {
    id: 'groups-not-mapped',
    evidence: (scene) => scene.step >= '14' && /EINVAL[^']* write\b.*/.exec(scene.said)?.[0],
    usually: 'ping_group_range names groups that the user namespace does not have.',
    look: 'In the container: cat /proc/self/gid_map',
    call: 'Only groups in the map may be named: 0 to lastGid(). See icmp(7).',
    lines: { step: '14-user', pattern: /ping_group_range/ },
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
    id: 'not-awaited',
    evidence: says(/.*Received an instance of Promise.*/),
    usually: 'A promise was used as if it were the value: spawn() only resolves to the status.',
    look: 'The line named above: what does it get?',
    call: 'process.exitCode = await spawn(…), in an async function. See "await" in MDN.',
    lines: { step: '01-exec', pattern: /exitCode|async function/ },
  },
  {
    id: 'child-process',
    evidence: says(/.*instance of ChildProcess.*/),
    usually:
      "This spawn() is Node's own, of node:child_process: it gives a ChildProcess, not a promise of the status, and knows no namespaces.",
    look: 'Where does spawn come from, at the top of the file?',
    call: "import { spawn } from '#native/spawn': it resolves to the exit status.",
    lines: { step: '01-exec', pattern: /#native\/spawn|await spawn/ },
  },
  {
    id: 'callback-async',
    evidence: says(/^TypeError: beforeExec must be synchronous.*/),
    usually:
      'The child waits until beforeExec returns. An async function returns at its first await.',
    look: 'Is it `async beforeExec`, or does it return a promise?',
    call: 'beforeExec(pid) { … } without async, and in it only calls that are done when they return.',
    lines: { step: '07-cgroups', pattern: /beforeExec/ },
  },
  {
    id: 'wrong-type',
    evidence: says(/^(?:Type|Range)Error: [\w.]+ must be .*/),
    usually:
      'A call gets a value of another kind than it takes. Flags are one number, joined with |.',
    look: 'The line named above: what does each of its arguments hold?',
    call: 'The types say what each call takes: hover over its name, or open its file in native/.',
  },
  {
    id: 'falls-through',
    evidence: (scene) =>
      badlyCalled(scene)?.words[0] === 'run' &&
      fallsThrough.test(scene.source) &&
      `there is no break between "case 'run'" and the next one`,
    usually: 'The case for run has no break, so the switch goes on with the next one.',
    look: "Print something behind the switch's cases: which of them does `run` go through?",
    call: 'Each case ends with break. See "switch" in MDN.',
    lines: { step: '02-uts', pattern: /case '|break|(run|child)\(rest\)/ },
  },
  {
    id: 'verb-of-run',
    evidence: (scene) => {
      const words = badlyCalled(scene)?.words
      return (
        words?.[0] === 'run' &&
        `it was started with "${words.join(' ')}", and says how it is called`
      )
    },
    usually:
      'The words that the switch and `run` look at are not those that you typed: process.argv begins with the paths of Node and of your program.',
    look: 'Print process.argv at the top of the program.',
    call: 'process.argv.slice(2) is what you typed: the verb `run`, and then the command. See process.argv in the documentation of Node.',
    lines: { step: '01-exec', pattern: /process\.argv|case 'run'|run\(rest\)|parse\(argv\)/ },
  },
  {
    id: 'guard-refuses-run',
    evidence: (scene) =>
      badlyCalled(scene)?.file === '/proc/self/exe' &&
      /^only `run` may start `child`.*/m.exec(scene.said)?.[0],
    usually: 'The check at the top of `child` refuses everybody, `run` too.',
    look: 'Print process.argv0 there: it is /proc/self/exe if `run` has started it.',
    call: 'An if before usage(), and only that line belongs to it: if (process.argv0 !== …) usage(…).',
    lines: { step: '02-uts', pattern: /argv0|only `run`/ },
  },
  {
    id: 'not-self-exe',
    evidence: (scene) => {
      const { file = '', words = [] } = badlyCalled(scene) ?? {}
      return (
        words.length > 0 &&
        file !== '/proc/self/exe' &&
        `the second start, with the verb "${words[0]}", is that of ${file}, not of /proc/self/exe`
      )
    },
    usually:
      '`child` works only for whoever starts it as /proc/self/exe, which nobody types: this is how it knows `run`.',
    look: 'Print process.argv0 at the top of the program: it is started twice.',
    call: "spawn('/proc/self/exe', reexec('child', command), …): a link to the program that is running, which is Node. See proc(5).",
    lines: { step: '02-uts', pattern: /proc\/self\/exe/ },
  },
  {
    id: 'no-verb',
    evidence: (scene) => {
      const error = badlyCalled(scene)
      return (
        error &&
        `the second start, with the verb "${error.words[0] ?? ''}", fails: ${error.message.split('\n').at(-1)}`
      )
    },
    usually:
      "`run` starts the program once more with the verb `child`, and the switch has no case for it; or the arguments of `run` don't arrive where they are used.",
    look: 'Print process.argv at the top of the program: it is started twice.',
    call: "reexec('child', command) gives the words for the second start; the switch needs a case for each verb.",
    lines: { step: '02-uts', pattern: /case '|child\(rest\)|reexec\('/ },
  },
  {
    id: 'no-new-privs',
    evidence: says(/EACCES\S* .*seccomp.*/, ([text]) => text),
    usually:
      'Without CAP_SYS_ADMIN, only a process that gave up new privileges may set a filter: a set-user-ID program under a filter of an attacker would fail in dangerous ways.',
    look: 'Right before seccomp(), print /proc/self/status: NoNewPrivs must be 1.',
    call: 'prctl(PR_SET_NO_NEW_PRIVS, 1) comes first. See seccomp(2), prctl(2).',
    lines: { step: '12-capabilities', file: 'capabilities.ts', pattern: /NO_NEW_PRIVS/ },
  },
  {
    id: 'no-valid-filter',
    evidence: says(/EINVAL\S* .*seccomp.*|program must be .*instructions.*/, ([text]) => text),
    usually:
      'The kernel checks a filter before it takes it: each way through it must end in an answer, and no jump may leave it.',
    look: 'What is the last instruction of your program?',
    call: 'answer(SECCOMP_RET_ALLOW) of #shared/bpf at the end. See seccomp(2).',
    lines: { step: '13-seccomp', file: 'filter.ts', pattern: /answer\(allow\)/ },
  },
  {
    id: 'exec-refused',
    evidence: says(/(?:EPERM|ENOSYS)\S* .*execve.*/, ([text]) => text),
    usually:
      'The filter refuses execve itself, and so most likely everything. A list of refused calls ends with ALLOW for all others; and while the number is compared, it must be what is loaded.',
    look: 'Read your program from its top, for execve: which instruction answers?',
    call: 'load(NUMBER) after the comparison of ARCH; answer(SECCOMP_RET_ALLOW) at the end. See seccomp(2).',
    lines: { step: '13-seccomp', file: 'filter.ts', pattern: /load\(NUMBER\)|answer\(allow\)/ },
  },
  {
    id: 'system-call-failed',
    evidence: says(
      /(E[A-Z0-9]+: .*)(?:[\s\S]*?^(hint: .*))?/m,
      ([, error, hint]) => `${error}${hint ? `; ${hint}` : ''}`,
    ),
    usually:
      'The kernel refused a call: a wrong argument, the wrong order, or something that has to exist first.',
    look: 'The message names the call and its arguments; find it in your program.',
    call: "The ERRORS section of that call's manual page says what each errno means.",
  },
  {
    id: 'gave-up',
    evidence: ({ error }) =>
      error &&
      !/^\w+Error: /.test(error.message) &&
      `${error.message.split('\n')[0]} (${error.places[0] ?? 'place unknown'})`,
    usually:
      'A check refused to go on, and its sentence says why: something that it needs is missing, or comes later.',
    look: 'The place is in your program, at the line named above.',
    call: 'Which call of the step makes what the sentence misses? It has to come before this one.',
  },
  {
    id: 'exception',
    evidence: ({ error }) => error && `${error.message} (${error.places[0] ?? 'place unknown'})`,
    usually:
      "A mistake in JavaScript: a name that wasn't imported, or a value that isn't there, or not yet.",
    look: 'The place is in your program, at the line named above.',
    call: 'npx tsc --noEmit --project my-container finds most of these without running anything.',
  },
]
