// Errors of user namespaces, and of an ordinary user on the host.
import type { Cause } from '../../cause'
import { says } from '../says'

/** Writing a map of users, or of groups. */
const mapRefused = /EPERM.* '\/proc\/\d+\/[ug]id_map'|EPERM[^']* write$/m

export const causes: Cause[] = [
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
]
