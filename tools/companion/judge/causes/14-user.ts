import { readFileSync } from 'node:fs'
import type { Cause } from '../cause'
import type { Scene } from '../scene'
import { flagMissing } from './shared'

const step = '14-user'

/** The first line of the command's uid_map: inside, outside, how many. */
async function mapOf(scene: Scene): Promise<string[]> {
  const map = readFileSync(`/proc/${(await scene.shell()).pid}/uid_map`, 'utf8')
  return map.trim().split(/\s+/)
}

export const causes: Cause[] = [
  flagMissing('user', 'CLONE_NEWUSER', { step, pattern: /CLONE_NEWUSER/ }),
  {
    id: 'mapped-to-itself',
    of: /^root inside/,
    async evidence(scene) {
      const [inside, outside] = await mapOf(scene)
      return inside === outside && `the uid_map of the command maps ${inside} to ${outside}`
    },
    usually: 'Root inside is mapped to root of the host, so it still owns what root owns.',
    look: 'In the container: cat /proc/self/uid_map. The second number is the user on the host.',
    call: 'Map 0 to the first of 65536 users that nobody has: 0 BASE 65536. See subuid(5).',
    lines: { step, pattern: /mapIds\(/ },
  },
  {
    id: 'map-too-small',
    async evidence(scene) {
      const [inside, , count] = await mapOf(scene)
      return inside === '0' && Number(count) < 65536 && `the uid_map of the command has ${count}`
    },
    usually: "The map has too few users: files and daemons of the others are nobody's in there.",
    look: 'In the container: cat /proc/self/uid_map. The third number says how many.',
    call: 'Root of the host may map any: 0 BASE 65536. See user_namespaces(7), subuid(5).',
    lines: { step, pattern: /mapIds\(/ },
  },
  {
    id: 'files-not-shown',
    of: /^the rootfs|--layer/,
    evidence: (_, seen) => /65534|EOVERFLOW|Value too large|EACCES[^\n]*/.exec(seen)?.[0],
    usually:
      "The files of the rootfs, or of a layer, belong to users whom the namespace doesn't know.",
    look: 'In the container: ls -ln / . 65534 stands for everybody who is not in the map.',
    call: 'showFiles() puts an idmapped mount over the rootfs. See mount_setattr(2).',
    lines: { step, pattern: /showFiles\(/ },
  },
  {
    id: 'terminal-changed',
    of: /terminal keeps/,
    evidence: (_, seen) =>
      /mode 666$/.test(seen) && 'chmod 666 /dev/fd/0 worked inside: it is the terminal of the host',
    usually:
      'Root inside owns the terminal of the user who started it, and lets all others read it.',
    look: 'As yourself, not as root: chmod 666 /dev/console in the container, then ls -l $(tty) outside.',
    call: 'keepModeOfTerminals() opens the terminal again through a read-only mount, before the old root goes. See mount_setattr(2).',
    lines: { step, pattern: /keepModeOfTerminals/ },
  },
  {
    id: 'submounts-writable',
    of: /Node/,
    evidence: ({ source }, seen) =>
      /Text file busy/.test(seen) &&
      !/AT_RECURSIVE\b.*MOUNT_ATTR_RDONLY/.test(source) &&
      /mount_setattr\(.*MOUNT_ATTR_RDONLY.*/.exec(source)?.[0],
    usually:
      "Only the mount of the host's root directory becomes read-only. Node may be on another, such as /home.",
    look: 'findmnt --target "$(command -v node)"',
    call: 'AT_RECURSIVE changes the mounts below it too. See mount_setattr(2).',
    lines: { step, pattern: /AT_RECURSIVE, \{/ },
  },
  {
    id: 'node-writable',
    of: /Node/,
    evidence: (_, seen) => /Text file busy/.exec(seen)?.[0],
    usually:
      'The program that became the container, Node, can still be written to, as soon as nobody runs it any more.',
    look: 'npm run step -- my-container/main.ts /bin/readlink /proc/self/exe shows what it is now; before, it was Node.',
    call: "Run Node by its path among the child's own mounts, and make those read-only before they go: executable of spawn(), and mount_setattr(2).",
    lines: { step, pattern: /executable|MOUNT_ATTR_RDONLY \}/ },
  },
  {
    id: 'root-is-root',
    usually: 'Root inside is still a user of the host.',
    look: 'On the host: grep Uid /proc/PID/status of the command.',
    call: 'CLONE_NEWUSER, then a map from root inside to nobody outside. See user_namespaces(7).',
    lines: { step, pattern: /mapIds\(|CLONE_NEWUSER/ },
  },
]
