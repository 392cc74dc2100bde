import { arrow, boundary, cross, host, picture, process, thing } from '../deck/picture'

export default picture(
  'On the host, a process and a shared memory segment with the key 0x1234. In the container’s IPC namespace, a process and another segment with the same key. Neither side reaches the other’s segment.',
  470,
  host(0, 0, 1160, 470),
  process('postgres', 'on the host', 80, 100, 230),
  thing('ipc', 'key 0x1234', 'shared memory', 80, 310, 230),
  arrow(
    [
      [195, 170],
      [195, 304],
    ],
    'shmget',
    '',
    [52, 10],
  ),
  boundary('ipc namespace', 620, 50, 490, 370),
  process('/bin/sh', 'in the container', 740, 100, 250),
  thing('ipc', 'key 0x1234', 'another segment', 750, 310, 230),
  arrow(
    [
      [865, 170],
      [865, 304],
    ],
    'shmget',
    '',
    [52, 10],
  ),
  arrow(
    [
      [740, 150],
      [318, 330],
    ],
    '',
    'denied',
  ),
  cross(520, 244),
)
