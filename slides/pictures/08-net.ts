import { arrow, boundary, host, picture, step, text, thing } from '../deck/picture'

const wire = (...points: [number, number][]) => arrow(points, '', 'wire')

export default picture(
  'Two containers. Each has a network namespace with lo and eth0. A veth pair connects each eth0 to the bridge container0 on the host, which has the address 10.200.0.1.',
  470,
  host(0, 0, 1160, 470),
  boundary('net namespace', 60, 50, 420, 140),
  thing('net', 'lo', '127.0.0.1', 90, 102, 160),
  step(
    0,
    thing('net', 'eth0', '10.200.0.2', 290, 102, 160),
    wire([370, 170], [370, 245]),
    text(352, 222, 'veth pair', '', 'end'),
    thing('net', 'container2', 'plug on the host', 290, 245, 160),
  ),
  step(
    1,
    wire([370, 313], [370, 375]),
    thing(
      'net',
      'container0',
      'the bridge: 10.200.0.1, the host’s own address here',
      290,
      375,
      780,
    ),
  ),
  step(
    2,
    boundary('net namespace', 680, 50, 420, 140),
    thing('net', 'lo', '127.0.0.1', 710, 102, 160),
    thing('net', 'eth0', '10.200.0.3', 910, 102, 160),
    wire([990, 170], [990, 245]),
    text(972, 222, 'veth pair', '', 'end'),
    thing('net', 'container3', 'plug on the host', 910, 245, 160),
    wire([990, 313], [990, 375]),
  ),
)
