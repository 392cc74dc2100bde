import { arrow, boundary, host, picture, text, thing } from '../deck/picture'

export default picture(
  'Two containers. Each has a network namespace with lo and eth0. A veth pair connects each eth0 to the bridge container0 on the host. From the bridge, packets go through NAT to the host’s network card and out.',
  490,
  host(0, 0, 860, 490),
  boundary('net namespace', 40, 40, 330, 130),
  thing('net', 'eth0', '10.200.0.2', 190, 86, 160),
  thing('net', 'lo', '', 66, 98, 90),
  boundary('net namespace', 440, 40, 330, 130),
  thing('net', 'eth0', '10.200.0.3', 590, 86, 160),
  thing('net', 'lo', '', 466, 98, 90),
  thing('net', 'container2', '', 190, 220, 160),
  thing('net', 'container3', '', 590, 220, 160),
  arrow(
    [
      [270, 154],
      [270, 220],
    ],
    '',
    'wire',
  ),
  arrow(
    [
      [670, 154],
      [670, 220],
    ],
    '',
    'wire',
  ),
  text(252, 196, 'veth pair', '', 'end'),
  text(652, 196, 'veth pair', '', 'end'),
  arrow(
    [
      [270, 266],
      [270, 316],
    ],
    '',
    'wire',
  ),
  arrow(
    [
      [670, 266],
      [670, 316],
    ],
    '',
    'wire',
  ),
  thing('net', 'container0', 'bridge, 10.200.0.1', 190, 316, 560),
  thing('net', 'NAT', '', 190, 420, 160),
  thing('net', 'wlan0', '', 590, 420, 160),
  arrow(
    [
      [270, 384],
      [270, 420],
    ],
    '',
    'wire',
  ),
  arrow(
    [
      [350, 443],
      [590, 443],
    ],
    '',
    'wire',
  ),
  text(470, 430, 'masquerade', 'middle'),
  arrow(
    [
      [750, 443],
      [920, 443],
    ],
    '',
    'wire',
  ),
  thing('kernel', 'the outside', '', 920, 420, 200),
)
