import { arrow, boundary, frame, host, picture, process, step, text, thing } from '../deck/picture'

export default picture(
  'On the host, run makes a cgroup named container-4711 with the files memory.max, pids.max and cpu.max, and writes the child’s PID into cgroup.procs. The container’s processes are in the group, and everything they start is born there.',
  470,
  host(0, 0, 1160, 470),
  process('node run', 'PID 4711', 40, 190, 200),
  step(
    0,
    frame('cgroup', '/sys/fs/cgroup/container-4711', 400, 40, 720, 400),
    thing('cgroup', 'memory.max', '256 MiB', 430, 100, 200),
    thing('cgroup', 'pids.max', '64', 655, 100, 200),
    thing('cgroup', 'cpu.max', '1 CPU', 880, 100, 200),
  ),
  step(
    1,
    boundary('container', 430, 210, 650, 200),
    process('/bin/sh', '', 480, 300, 160),
    arrow([
      [240, 225],
      [472, 318],
    ]),
    text(300, 230, 'clone', 'code'),
    text(60, 320, 'cgroup.procs', 'code'),
    text(60, 348, 'gets its PID, before', 'quiet'),
    text(60, 374, 'it runs anything', 'quiet'),
  ),
  step(
    2,
    process('sleep', '', 690, 265, 140),
    process('sleep', '', 690, 335, 140),
    arrow([
      [640, 318],
      [684, 292],
    ]),
    arrow([
      [640, 330],
      [684, 356],
    ]),
  ),
  step(3, process('65th', '', 890, 300, 150, 'gone')),
)
