import { arrow, boundary, host, picture, process, step, text, thing } from '../deck/picture'

export default picture(
  'The host’s mount table has /, /home and /proc. The container’s mount namespace started as a copy, with a second, new proc on top of /proc. Mounts there don’t reach the host.',
  470,
  host(0, 0, 1160, 470),
  text(60, 100, 'the host’s mounts', 'quiet'),
  thing('mount', '/', 'ext4', 60, 120, 300),
  thing('mount', '/home', 'ext4', 60, 205, 300),
  thing('mount', '/proc', 'the host’s processes', 60, 290, 300),
  step(
    0,
    boundary('mount namespace', 600, 40, 510, 400),
    text(650, 100, 'a copy, now private', 'quiet'),
    thing('mount', '/', 'ext4', 650, 120, 250),
    thing('mount', '/home', 'ext4', 650, 205, 250),
    thing('mount', '/proc', 'the host’s processes', 650, 290, 250),
    arrow(
      [
        [360, 240],
        [642, 240],
      ],
      'copied by clone',
      '',
      [-20, -14],
    ),
  ),
  step(1, thing('mount', '/proc', 'a new one, on top', 690, 327, 250)),
  step(
    2,
    process('ps', '', 980, 130, 100),
    arrow([
      [1030, 178],
      [1030, 361],
      [948, 361],
    ]),
  ),
)
