// overlayfs(5): directories that lie on each other look like one, and only the top one changes.
import { mkdirSync } from 'node:fs'
import { mount, MS_NODEV } from '#native/mount'
import { accepts, plain } from '#shared/layers'

/** Mounts a layer above the rootfs and older layers: `top`, which is kept, or one in memory. */
export function mountLayers(rootfs: string, [top, ...older]: string[], memory: number) {
  const lower = [...older, rootfs].map(plain).join(':')
  if (top && accepts(top, () => overlay(top))) return
  // Half of what /mytemp, /run and /dev/shm leave: a full disk must not be out of memory.
  const size = Math.floor((memory - 28 * 1024 ** 2) / 2)
  mount('layer', rootfs, 'tmpfs', 0, `mode=700,size=${size},nr_inodes=${Math.floor(size / 4096)}`)
  overlay(rootfs)

  function overlay(layer: string) {
    mkdirSync(`${layer}/upper`, { recursive: true })
    mkdirSync(`${layer}/work`, { recursive: true })
    const [upper, work] = [plain(`${layer}/upper`), plain(`${layer}/work`)]
    const options = [`lowerdir=${lower}`, `upperdir=${upper}`, `workdir=${work}`]
    mount('overlay', rootfs, 'overlay', MS_NODEV, options.join())
  }
}
