import { arrow, boundary, host, picture, step, text, thing } from '../deck/picture'

export default picture(
  'Two layers. The lower one, the rootfs, has /bin/ls and /etc/motd. The upper one has a whiteout in the place of /bin/ls, a changed /etc/motd, and a new file. The container looks from above: it sees no /bin/ls, the changed /etc/motd, and the new file.',
  470,
  host(0, 160, 1160, 310),
  text(30, 395, 'lower', 'big'),
  text(30, 425, 'the rootfs', 'quiet'),
  thing('file', '/bin/ls', '', 220, 380, 200),
  thing('file', '/etc/motd', '', 520, 380, 200),
  text(30, 255, 'upper', 'big'),
  text(30, 285, 'its layer', 'quiet'),
  boundary('the container sees', 0, 0, 1160, 130),
  step(
    0,
    thing('mount', '/new', 'mine', 820, 225, 200),
    arrow([
      [920, 225],
      [920, 110],
    ]),
    text(920, 88, 'new', 'big middle'),
  ),
  step(
    1,
    thing('mount', '/etc/motd', 'changed', 520, 225, 200),
    arrow([
      [620, 225],
      [620, 110],
    ]),
    text(620, 88, 'changed', 'big middle'),
  ),
  step(
    2,
    thing('mount', 'whiteout', '0, 0', 220, 225, 200),
    arrow([
      [320, 225],
      [320, 110],
    ]),
    text(320, 88, 'nothing', 'big middle quiet'),
  ),
)
