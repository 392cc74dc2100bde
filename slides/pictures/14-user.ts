import { arrow, boundary, cross, host, picture, process, step, thing } from '../deck/picture'

export default picture(
  'In the container’s user namespace, a shell is user 0. The map leads to user 2147418112 on the host, who owns nothing. The host’s files of user 0 are out of its reach.',
  470,
  host(0, 0, 1160, 470),
  boundary('user namespace', 620, 50, 490, 370),
  process('/bin/sh', 'user 0', 740, 100, 250),
  step(
    0,
    process('/bin/sh', 'user 2147418112', 80, 100, 250),
    arrow(
      [
        [740, 135],
        [336, 135],
      ],
      'uid_map',
    ),
  ),
  step(
    1,
    thing('file', '/new', 'owner 0', 750, 310, 230),
    arrow(
      [
        [865, 170],
        [865, 304],
      ],
      'writes',
      '',
      [52, 10],
    ),
  ),
  step(
    2,
    thing('file', '/etc/shadow', 'owner 0', 80, 310, 250),
    arrow(
      [
        [740, 150],
        [336, 345],
      ],
      '',
      'denied',
    ),
    cross(530, 250),
  ),
)
