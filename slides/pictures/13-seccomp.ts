import { arrow, boundary, cross, host, picture, process, step, text, thing } from '../deck/picture'

export default picture(
  'A shell in the container makes three system calls. Each goes through a filter below it. read goes on into the kernel. unshare comes back with EPERM, and clone3 with ENOSYS: the kernel’s code for them never runs.',
  470,
  boundary('container', 0, 0, 1160, 130),
  host(0, 340, 1160, 130),
  text(30, 215, 'filter', 'big'),
  process('/bin/sh', '', 140, 50, 200),
  thing('cgroup', 'allow', '', 140, 235, 200),
  thing('kernel', 'read', 'runs', 140, 380, 200),
  arrow([
    [240, 98],
    [240, 229],
  ]),
  arrow([
    [240, 281],
    [240, 374],
  ]),
  step(
    0,
    process('unshare', '', 480, 50, 200),
    thing('cgroup', 'EPERM', '', 480, 235, 200),
    thing('kernel', 'unshare', '', 480, 390, 200),
    arrow([
      [580, 98],
      [580, 229],
    ]),
    cross(580, 330),
  ),
  step(
    1,
    process('python3', '', 820, 50, 200),
    thing('cgroup', 'ENOSYS', '', 820, 235, 200),
    thing('kernel', 'clone3', 'libc takes clone', 820, 380, 200),
    arrow([
      [920, 98],
      [920, 229],
    ]),
    cross(920, 330),
  ),
)
