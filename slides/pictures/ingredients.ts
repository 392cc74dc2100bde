import type { Chapter } from '../deck/chapters'
import { stepNumber } from '../deck/html'
import { boundary, frame, picture, process, text, thing } from '../deck/picture'

export default (chapters: Chapter[]) =>
  picture(
    'Three ingredients side by side: namespaces decide what a process can see, cgroups how much it can use, and a root file system what it finds on disk.',
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
    text(180, 420, stepsOf(chapters, 'namespaces'), 'middle quiet'),
    text(580, 420, stepsOf(chapters, 'cgroup'), 'middle quiet'),
    text(980, 420, stepsOf(chapters, 'root file system'), 'middle quiet'),
  )

function stepsOf(chapters: Chapter[], ingredient: string): string {
  const numbers = chapters
    .filter((chapter) => chapter.ingredient === ingredient)
    .map(({ step }) => stepNumber(step))
  return `${numbers.length > 1 ? 'steps' : 'step'} ${numbers.join(', ')}`
}
