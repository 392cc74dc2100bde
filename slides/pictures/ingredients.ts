import { boundary, frame, picture, process, text, thing } from '../deck/picture'

export default picture(
  'Three ingredients side by side: namespaces for what a process can see, cgroups for how much it can use, and a root file system for what it finds on disk.',
  450,
  boundary('namespaces', 0, 0, 360, 330),
  text(180, 74, 'hostname, processes,', 'middle quiet'),
  text(180, 102, 'mounts, network, IPC', 'middle quiet'),
  process('/bin/sh', 'PID 1', 85, 170),
  frame('cgroup', 'cgroup', 400, 0, 360, 330),
  text(580, 74, 'memory, processes, CPU', 'middle quiet'),
  process('/bin/sh', 'at most 256 MiB', 475, 170, 210),
  frame('file', 'root file system', 800, 0, 360, 330),
  text(980, 74, 'a directory with', 'middle quiet'),
  text(980, 102, '/bin, /etc, /usr …', 'middle quiet'),
  thing('file', '/', 'rootfs/busybox', 880, 170, 200),
  text(180, 380, 'what it can see', 'big middle'),
  text(580, 380, 'how much it can use', 'big middle'),
  text(980, 380, 'what it finds on disk', 'big middle'),
  text(180, 420, 'steps 02, 03, 04, 08, 09', 'middle quiet'),
  text(580, 420, 'step 07', 'middle quiet'),
  text(980, 420, 'steps 05, 06', 'middle quiet'),
)
