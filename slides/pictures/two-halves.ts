import { arrow, boundary, host, picture, process, text } from '../deck/picture'

export default picture(
  'On the host, node main.ts run makes a new process with clone. In the new namespaces, that process is node main.ts child. It sets up its world, then becomes the command with execvp, and keeps its process id.',
  470,
  host(0, 0, 1160, 470),
  process('node main.ts run', 'waits, passes signals on', 40, 185, 270),
  boundary('new namespaces', 500, 50, 620, 370),
  process('node main.ts child', 'makes its world', 560, 120, 270),
  process('/bin/sh', 'the command', 870, 300, 210),
  arrow([
    [310, 205],
    [552, 158],
  ]),
  text(330, 150, 'clone(2)', 'code'),
  arrow([
    [830, 155],
    [975, 155],
    [975, 292],
  ]),
  text(992, 235, 'execvp(3)', 'code'),
  text(560, 245, 'the same process:', 'quiet'),
  text(560, 273, 'execvp keeps the PID', 'quiet'),
  arrow([
    [862, 355],
    [175, 355],
    [175, 263],
  ]),
  text(200, 390, 'exit status', 'code'),
)
