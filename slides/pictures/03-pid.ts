import { arrow, boundary, host, picture, process } from '../../tools/slides/picture'

export default picture(
  'On the host, node, its child and the shell are processes 4711, 4712 and so on. In the pid namespace the shell is process 1.',
  460,
  host(0, 0, 1160, 460),
  process('node run', 'PID 4711', 60, 180),
  boundary('pid namespace', 420, 60, 680, 340),
  process('/bin/sh', 'PID 1, on the host 4719', 520, 150, 320),
  process('sleep', 'PID 2, on the host 4720', 520, 280, 320),
  arrow([[250, 215], [510, 190]], 'clone(CLONE_NEWPID)'),
)
