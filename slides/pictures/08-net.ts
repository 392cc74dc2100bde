import { arrow, boundary, host, picture, text, thing } from '../deck/picture'

const wire = (...points: [number, number][]) => arrow(points, '', 'wire')

export default picture(
  'Two containers. Each has a network namespace with lo and eth0. A veth pair connects each eth0 to the bridge container0 on the host, which has the address 10.200.0.1.',
  470,
  host(0, 0, 1160, 470),
  boundary('net namespace', 60, 50, 420, 140),
  thing('net', 'lo', '127.0.0.1', 90, 102, 160),
  thing('net', 'eth0', '10.200.0.2', 290, 102, 160),
  boundary('net namespace', 680, 50, 420, 140),
  thing('net', 'lo', '127.0.0.1', 710, 102, 160),
  thing('net', 'eth0', '10.200.0.3', 910, 102, 160),
  wire([370, 170], [370, 256]),
  wire([990, 170], [990, 256]),
  text(352, 226, 'veth pair', '', 'end'),
  text(972, 226, 'veth pair', '', 'end'),
  thing('net', 'container2', '', 290, 256, 160),
  thing('net', 'container3', '', 910, 256, 160),
  wire([370, 302], [370, 364]),
  wire([990, 302], [990, 364]),
  thing('net', 'container0', 'the bridge: 10.200.0.1, the host’s own address here', 290, 364, 780),
)
