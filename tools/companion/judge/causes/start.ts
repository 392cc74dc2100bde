// A program that does not get as far as a command: what it says is the evidence.
import type { Cause } from '../cause'
import { PATIENCE, START } from '../protocol'
import { late } from './late'

const of = new RegExp(`^${START}$`)

/** The first match in what the program wrote on stderr. */
const says =
  (pattern: RegExp, sentence: (match: RegExpExecArray) => string): Cause['evidence'] =>
  (scene) => {
    const match = pattern.exec(scene.stderr)
    return match ? sentence(match) : undefined
  }

export const causes: Cause[] = [
  {
    id: 'not-written-yet',
    of,
    evidence: says(/is yours to write/, () => 'it says so itself'),
    usually:
      '`run` of the starter only says what it was asked for: starting the command is the first thing you write.',
    look: 'Read steps/01-exec/main.ts from top to bottom: npm run diff -- mine 1 shows what is missing.',
    call: 'spawn() of native/process starts a program and resolves to its exit status. See execve(2) and wait(2).',
    lines: { step: '01-exec', pattern: /command$|spawn\(/ },
  },
  {
    id: 'import-path',
    of,
    evidence: says(
      /Cannot find module '(\.[^']*)'/,
      ([, path]) => `there is no ${path} seen from your program`,
    ),
    usually:
      'An import that was copied from steps/: my-container/ is one directory nearer to native/, so ../../native is ../native here.',
    look: 'Look at the import lines at the top of your program.',
    call: 'From my-container/main.ts the files are ../native/process and so on; npm run diff -- mine N shows them rightly.',
  },
  {
    id: 'does-not-compile',
    of,
    evidence: says(
      /^.*?([^/\s]+\.ts:\d+:\d+: ERROR: .*)$|(SyntaxError: .*)$/m,
      ([, error, other]) => error ?? other,
    ),
    usually:
      'A bracket, a comma or a quote is missing, or one too many, at the line named here or just before it.',
    look: 'Open the file at that line.',
    call: 'npx tsc --noEmit --project my-container names the place, and mistakes in types besides.',
  },
  {
    id: 'addon',
    of,
    evidence: says(/the native addon .*/, ([text]) => text),
    usually: 'The native addon was not built for this Node, or was taken away since.',
    look: 'npm run doctor says what is missing on this machine.',
    call: 'npm run build',
  },
  {
    id: 'unmounted-source',
    of,
    evidence: says(
      /(EINVAL|ENOENT)\S* .*umount2 '([^']*)'/,
      ([, code, name]) =>
        `umount2('${name}') failed with ${code}: nothing is mounted at a path of that name`,
    ),
    usually:
      'The source of the mount was unmounted instead of its target. umount2 takes the mount point, the second word of mount(); the first is only what stands there. The Go program of the talk has this very mistake and panics on exit.',
    look: 'In a container, look at `cat /proc/mounts`: the first column is the source, the second the target.',
    call: "umount2(target, flags), see umount(2): '/mytemp' and not 'thing'. A mount of the container's own mount namespace goes with it, so it needs no unmounting at all; the old root does, as '.'.",
    lines: { step: '06-pivot-root', pattern: /umount2\(/ },
  },
  {
    id: 'joined-late',
    of,
    evidence: says(
      /ESRCH.*\bwrite\b.*/,
      ([text]) =>
        `${text}: when the pid was written into cgroup.procs, that process had ended already`,
    ),
    ...late,
  },
  {
    id: 'nothing-to-configure',
    of,
    evidence: says(
      /Cannot find device "?([\w.-]+)"?/,
      ([, name]) => `\`ip\` finds no interface ${name} in the network namespace it was started in`,
    ),
    usually:
      'The two ends of the veth pair are not where they are configured: one belongs on the host as a port of the bridge, the other, eth0, into the namespace of the container.',
    look: 'Print what you hand to `ip`, and try the lines by hand, each side with `ip link` and `nsenter --net=/proc/PID/ns/net ip link`.',
    call: '`link add NAME type veth peer name eth0 netns PID` makes both ends and puts the second into the container. See veth(4) and ip-link(8).',
    lines: { step: '08-net', file: 'network.ts', pattern: /type veth peer|nsenter/ },
  },
  {
    id: 'not-a-mount-point',
    of,
    evidence: says(/(E\w+)\S* .*pivot_root .*/, ([text]) => text),
    usually:
      'pivot_root refuses a new root that is no mount point, or one whose parent mount is shared. The rootfs becomes a mount point by being bind-mounted on itself.',
    look: 'Right before the call, print /proc/self/mountinfo: is there a line whose mount point is the rootfs?',
    call: 'mount(rootfs, rootfs, null, MS_BIND | MS_REC), then chdir into it, then pivot_root. The NOTES of pivot_root(2) have the list of conditions.',
    lines: { step: '06-pivot-root', pattern: /MS_BIND \| MS_REC|chdir\(rootfs\)|pivot_root\('/ },
  },
  {
    id: 'no-such-program-inside',
    of,
    evidence: says(
      /ENOENT.*execve '([^']*)'/,
      ([, file]) => `there is no ${file} where the command was started`,
    ),
    usually:
      'The root directory of the container is one without /bin/sh: another directory than the rootfs, or an empty one.',
    look: 'Let your program print readdirSync("/") right before execvp.',
    call: 'ROOTFS names the root file system, rootfs/busybox is the one without it. npm run rootfs makes it.',
    lines: { step: '05-chroot', pattern: /^const rootfs/ },
  },
  {
    id: 'system-call-failed',
    of,
    evidence: says(
      /^(?:\w*Error: )?(E[A-Z]+: .*)(?:[\s\S]*?^(hint: .*))?/m,
      ([, error, hint]) => `${error}${hint ? `; ${hint}` : ''}`,
    ),
    usually:
      'The kernel refused a call: wrong argument, wrong order, or something that has to be there first.',
    look: 'The message names the call and its arguments; find it in your program.',
    call: 'Section ERRORS of the manual page of that call says what each errno means.',
  },
  {
    id: 'no-verb',
    of,
    evidence: (scene) =>
      scene.start?.status === 2 && 'it ends with status 2, as for wrong words on the command line',
    usually:
      '`run` starts the program once more with the verb `child`, and the switch has no case for it; or the arguments of `run` do not arrive where they are used.',
    look: 'Print process.argv at the top of the program: it is started twice.',
    call: "reexec('child', command) gives the words for the second start; the switch needs a case for each verb.",
    lines: { step: '02-uts', pattern: /case '|child\(argv\)|reexec\('/ },
  },
  {
    id: 'exception',
    of,
    evidence: says(
      /^(?:\w*Error: )?(.*)\n(?:.*\n)*? +at .*?([\w-]+\.ts:\d+):\d+\)?/m,
      ([, message, place]) => `${message} (${place})`,
    ),
    usually: 'A mistake in JavaScript: a name that was not imported, or a value that is not there.',
    look: 'The place is in your program, at the line that is named.',
    call: 'npx tsc --noEmit --project my-container finds most of these without running anything.',
  },
  {
    id: 'status-lost',
    of,
    evidence: (scene) =>
      scene.start?.stdout.toString() === 'it runs\n' &&
      `the command ran, and yet the status is ${scene.start.status}`,
    usually: 'Something after the end of the command fails, or its status is not handed on.',
    look: 'Run it and print the status: npm run step -- my-container/main.ts /bin/true; echo $?',
    call: 'process.exitCode = await spawn(…)',
    lines: { step: '01-exec', pattern: /exitCode/ },
  },
  {
    id: 'never-ends',
    of,
    evidence: (scene) =>
      scene.start?.status === -1 &&
      (/the program started itself.*/.exec(scene.stderr)?.[0] ??
        `the command should have ended at once, and ${PATIENCE} seconds later it still runs`),
    usually: 'The program waits for something that never comes, or starts itself again and again.',
    look: 'Run it and look from a second terminal: pstree -a, or ps -ef --forest.',
    call: "The second start has to have another verb: reexec('child', command), not 'run'.",
    lines: { step: '02-uts', pattern: /reexec\('/ },
  },
  {
    id: 'nothing-happens',
    of,
    usually: '`run` does not start the command, or does not wait for it: spawn() gives a promise.',
    look: 'Print something at the top of `run`, and the words that it gets.',
    call: 'process.exitCode = await spawn(file, args, …) in an async function.',
    lines: { step: '01-exec', pattern: /exitCode|async function/ },
  },
]
