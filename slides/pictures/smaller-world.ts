import { arrow, boundary, host, picture, process, text } from '../deck/picture'

export default picture(
  'A host with ordinary processes. One of them, a shell, is inside a dashed boundary. All of them, inside and outside, call the same kernel below.',
  470,
  host(0, 0, 1160, 340),
  process('systemd', 'PID 1', 40, 130),
  process('sshd', 'PID 612', 260, 130),
  process('node', 'PID 4711', 480, 130),
  boundary('container', 740, 50, 370, 250),
  process('/bin/sh', 'an ordinary process', 800, 135, 250),
  `<g class="thing kernel"><rect x="0" y="400" width="1160" height="66" rx="10"/></g>`,
  text(580, 441, 'one Linux kernel, the same for all of them', 'middle'),
  arrow([
    [135, 200],
    [135, 394],
  ]),
  arrow([
    [355, 200],
    [355, 394],
  ]),
  arrow([
    [575, 200],
    [575, 394],
  ]),
  arrow([
    [925, 205],
    [925, 394],
  ]),
)
