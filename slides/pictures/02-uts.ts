import { arrow, boundary, host, picture, process, text, thing } from '../deck/picture'

export default picture(
  'The host’s UTS namespace holds its hostname, laptop. The container’s holds the hostname container. Each process asks its own namespace.',
  470,
  host(0, 0, 1160, 470),
  process('bash', 'on the host', 80, 110, 230),
  thing('kernel', 'laptop', 'hostname', 80, 310, 230),
  arrow([
    [195, 180],
    [195, 302],
  ]),
  text(210, 250, 'uname(2)', 'code'),
  boundary('uts namespace', 620, 50, 490, 370),
  process('/bin/sh', 'in the container', 740, 110, 250),
  thing('kernel', 'container', 'hostname', 750, 310, 230),
  arrow([
    [865, 180],
    [865, 302],
  ]),
  text(880, 250, 'uname(2)', 'code'),
  arrow(
    [
      [310, 145],
      [732, 145],
    ],
    'clone(CLONE_NEWUTS)',
    '',
    [-55, -14],
  ),
)
