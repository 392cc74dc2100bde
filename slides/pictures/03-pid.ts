import { arrow, boundary, cross, host, picture, process, step, text } from '../deck/picture'

export default picture(
  'The host sees every process: its own, and the container’s two as 4719 and 4727. Inside the pid namespace, these two are 1 and 9, and there are no others.',
  470,
  host(0, 0, 1160, 470),
  process('systemd', 'PID 1', 50, 90, 210),
  process('node run', 'PID 4711', 50, 205, 210),
  process('sleep', 'PID 4650', 50, 320, 210),
  step(
    0,
    boundary('pid namespace', 560, 50, 550, 370),
    process('/bin/sh', 'PID 1', 620, 130, 190),
    arrow([
      [260, 240],
      [612, 170],
    ]),
    text(300, 190, 'clone', 'code'),
  ),
  step(1, process('sleep', 'PID 9', 620, 280, 190)),
  step(
    2,
    text(840, 160, 'on the host', 'quiet'),
    text(840, 188, 'PID 4719', 'code'),
    text(840, 310, 'on the host', 'quiet'),
    text(840, 338, 'PID 4727', 'code'),
  ),
  step(
    3,
    arrow(
      [
        [640, 200],
        [266, 338],
      ],
      '',
      'denied',
    ),
    cross(453, 269),
    text(490, 318, 'kill 4650', 'code middle'),
  ),
)
