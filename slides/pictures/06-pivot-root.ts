import { arrow, boundary, cross, host, picture, process, step, text, thing } from '../deck/picture'

export default picture(
  'The mount namespace at three moments. First, the rootfs is a mount below the host’s root. After pivot_root, the rootfs is the root, with the old root on top of it. Last, the old root is detached, and only the rootfs is left.',
  470,
  host(0, 0, 1160, 470),
  boundary('1  bind mount', 30, 50, 340, 390),
  thing('kernel', '/', 'the host’s', 90, 130, 220),
  thing('mount', 'rootfs', 'now a mount point', 90, 300, 220),
  arrow([
    [200, 198],
    [200, 294],
  ]),
  step(
    0,
    boundary('2  pivot_root', 410, 50, 340, 390),
    thing('mount', '/', 'rootfs', 470, 300, 220),
    thing('kernel', '/', 'old root, on top', 470, 130, 220),
    arrow([
      [580, 198],
      [580, 294],
    ]),
  ),
  step(
    1,
    boundary('3  umount2', 790, 50, 340, 390),
    thing('mount', '/', 'rootfs', 850, 300, 220),
    process('/bin/sh', '', 870, 200, 180),
    arrow([
      [960, 248],
      [960, 294],
    ]),
    cross(960, 138),
    text(960, 178, 'old root: detached', 'middle quiet'),
  ),
)
