import { arrow, boundary, host, picture, process, text, thing } from '../deck/picture'

export default picture(
  'A directory tree: the host’s root, with home and rootfs/busybox below it. The root of the container’s process is rootfs/busybox. An arrow leads from the process back up to the real root: chroot has a way out.',
  470,
  host(0, 0, 1160, 470),
  thing('file', '/', 'the host’s', 60, 70, 190),
  thing('file', '/home', '', 60, 215, 190),
  thing('file', 'rootfs/busybox', '', 330, 215, 220),
  thing('file', 'bin', '', 290, 350, 90),
  thing('file', 'etc', '', 395, 350, 90),
  thing('file', 'proc', '', 500, 350, 90),
  arrow([
    [120, 138],
    [120, 209],
  ]),
  arrow([
    [190, 138],
    [430, 209],
  ]),
  arrow([
    [400, 261],
    [340, 344],
  ]),
  arrow([
    [440, 261],
    [440, 344],
  ]),
  arrow([
    [480, 261],
    [540, 344],
  ]),
  boundary('container', 760, 150, 350, 220),
  process('/bin/sh', 'its / is rootfs/busybox', 800, 215, 280),
  arrow(
    [
      [800, 240],
      [558, 238],
    ],
    'root',
    '',
    [55, -14],
  ),
  arrow(
    [
      [940, 215],
      [940, 90],
      [258, 90],
    ],
    '',
    'denied',
  ),
  text(600, 72, 'nsenter, or a second chroot: back to the host’s /', 'middle'),
)
