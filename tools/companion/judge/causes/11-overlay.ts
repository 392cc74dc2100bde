import type { Cause } from '../cause'
import type { Scene } from '../scene'

const layer = { step: '11-overlay', file: 'layer.ts' }

/** What is mounted as the command's root. */
const root = async (scene: Scene) => (await scene.mounts()).find(({ point }) => point === '/')

export const noOverlay = {
  id: 'no-overlay',
  async evidence(scene: Scene) {
    const mount = await root(scene)
    return (
      mount !== undefined &&
      mount.type !== 'overlay' &&
      `the root is mounted as ${mount.type}, ${mount.root} of ${mount.source}`
    )
  },
  usually:
    'The root is still the rootfs itself, so what a container writes is there for all others, and stays.',
  look: "In the container: grep ' / ' /proc/mounts. It begins with overlay if the root is one.",
  call: "mount('overlay', rootfs, 'overlay', 0, 'lowerdir=…,upperdir=…,workdir=…') in place of the bind mount, or after it. See overlayfs(5) in the kernel's documentation.",
  lines: { ...layer, pattern: /mount\('overlay'|const options/ },
} satisfies Cause

export const causes: Cause[] = [
  {
    id: 'layer-unknown',
    of: /^--layer|layer/,
    evidence: (_, seen) => /Unknown option '--layer'/.exec(seen)?.[0],
    usually: "`run` doesn't know the option --layer, so nothing that a container writes is kept.",
    look: 'npm run step -- my-container/main.ts --help',
    call: "layer: '…' among the options of parse(): a text in place of three values makes it an option that is a word.",
    lines: { step: '11-overlay', pattern: /layer: '|claimLayers\(/ },
  },
  noOverlay,
  {
    id: 'attributes-of-root',
    of: /^the rootfs is byte for byte/,
    async evidence(scene) {
      if (scene.step < '14') return undefined
      const { output } = await (await scene.shell()).ask("grep ' / ' /proc/mounts | tail -1")
      const isLacking = / overlay /.test(output) && !/userxattr/.test(output)
      return isLacking && `the root is mounted with the options ${output.split(' ')[3]}`
    },
    usually:
      'overlayfs notes in extended attributes what was removed. Its usual ones need root of the host, so in a user namespace a directory can be neither removed nor renamed.',
    look: 'In the container: rm -r /var; mkdir /var',
    call: 'The option userxattr: it uses those of ordinary users. See overlayfs(5).',
    lines: { step: '14-user', file: 'layer.ts', pattern: /userxattr/ },
  },
  {
    id: 'layer-without-size',
    of: /^`df`/,
    async evidence(scene) {
      const { output } = await (await scene.shell()).ask('df -k / | tail -1')
      return `the disk of a container is ${output.split(/\s+/).slice(1, 2)} KiB`
    },
    usually:
      'The tmpfs of the layer has no size, or one that is greater than the memory limit: the container is killed long before its disk is full.',
    look: 'In the container: df -h /. On the host: compare with --memory.',
    call: 'size=… and nr_inodes=… among the options of the tmpfs, below the limit. See tmpfs(5).',
    lines: { ...layer, pattern: /size/ },
  },
  {
    id: 'layer-not-kept',
    of: /^--layer keeps/,
    usually:
      'The upper directory is in memory, or somewhere else than in the directory that --layer names.',
    look: 'After a run with --layer /tmp/kept: sudo find /tmp/kept',
    call: 'upperdir= is the directory upper in the layer. `run` knows the option, so it has to tell `child`, as a word of its own.',
    lines: { ...layer, pattern: /top|upper/ },
  },
  {
    id: 'layer-below-written',
    of: /^a kept layer/,
    usually:
      'The layers are in the wrong order, or one of them is missing: the first is written to, and the rootfs is the last of lowerdir=.',
    look: 'In the container: grep overlay /proc/mounts',
    call: 'lowerdir=OLD:OLDER:rootfs, top first, with colons in between.',
    lines: { ...layer, pattern: /lower/ },
  },
  {
    id: 'layer-not-locked',
    of: /^a layer in use/,
    usually:
      'Two containers may write to the same upper directory at once. The kernel only warns, and what they see then is undefined.',
    look: 'Start two containers with the same --layer, and look at dmesg.',
    call: 'claimLayers() of #shared/layers locks them, on the host, until `run` ends: so call it in `run`, not in `child`, whose descriptors are closed when it becomes the command. See flock(2).',
    lines: { step: '11-overlay', pattern: /claimLayers\(/ },
  },
  {
    id: 'shared-files',
    usually: 'What one container writes reaches another, or the rootfs.',
    look: 'In the container: touch /mine. On the host: ls rootfs/busybox',
    call: 'Each run needs an upper directory of its own, in a tmpfs that it mounts itself. See mount(2).',
    lines: { ...layer, pattern: /'tmpfs'|upperdir/ },
  },
]
