import { arrow, boundary, host, picture, step, text, thing } from '../deck/picture'

export default picture(
  'A packet for 1.1.1.1 leaves the container’s eth0 with the sender 10.200.0.2, goes by the default route to the bridge container0, is forwarded to the host’s network card, and leaves with the sender 192.168.1.7. The answer takes the same way back.',
  470,
  host(0, 0, 900, 470),
  boundary('net namespace', 40, 60, 270, 230),
  thing('net', 'eth0', '10.200.0.2', 65, 190, 220),
  thing('net', 'container0', 'bridge, 10.200.0.1', 400, 190, 220),
  thing('net', 'wlan0', '192.168.1.7', 700, 190, 170),
  thing('kernel', 'elsewhere', '1.1.1.1', 980, 190, 180),
  step(
    0,
    text(65, 124, 'default via', 'code'),
    text(65, 150, '10.200.0.1', 'code'),
    arrow([
      [285, 212],
      [392, 212],
    ]),
    text(350, 150, 'route', 'middle'),
    text(40, 350, 'from:', 'quiet'),
    text(350, 350, '10.200.0.2', 'code middle'),
  ),
  step(
    1,
    arrow([
      [620, 212],
      [692, 212],
    ]),
    text(656, 150, 'forwarding', 'middle'),
    text(656, 350, '10.200.0.2', 'code middle'),
  ),
  step(
    2,
    arrow([
      [870, 212],
      [972, 212],
    ]),
    text(940, 150, 'NAT', 'middle'),
    text(990, 350, '192.168.1.7', 'code middle'),
  ),
  step(
    3,
    arrow([
      [980, 240],
      [878, 240],
    ]),
    arrow([
      [700, 240],
      [628, 240],
    ]),
    arrow([
      [400, 240],
      [293, 240],
    ]),
    text(40, 410, 'answer to:', 'quiet'),
    text(350, 410, '10.200.0.2', 'code middle'),
    text(656, 410, '10.200.0.2', 'code middle'),
    text(990, 410, '192.168.1.7', 'code middle'),
  ),
)
