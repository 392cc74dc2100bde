import type { Cause } from '../cause'
import { flagMissing } from './flag'

const of = /PID 1/

export const causes: Cause[] = [
  {
    id: 'printed-one',
    of,
    async evidence(scene) {
      if (!(await scene.shares('pid'))) return false
      const said = (await scene.run('/bin/sh', '-c', 'echo $$')).stdout.toString().trim()
      const [pid] = await scene.pids()
      return (
        said === '1' &&
        `\`run /bin/sh -c 'echo $$'\` writes 1, while the kernel knows its shells by the host's numbers alone: NSpid: ${pid}`
      )
    },
    usually:
      'The 1 is printed by your program and is no pid: a process is PID 1 because the kernel made a new pid namespace with it, and nothing else.',
    look: 'On the host, while a container runs: grep NSpid /proc/PID/status. A process in a namespace of its own has two numbers there.',
    call: 'CLONE_NEWPID among the cloneflags of spawn(). See pid_namespaces(7).',
    lines: { step: '03-pid', pattern: /cloneflags/ },
  },
  flagMissing('pid', 'CLONE_NEWPID', /PID 1|^`kill -9`/, {
    step: '03-pid',
    pattern: /CLONE_NEWPID/,
  }),
  {
    id: 'child-of-pid-1',
    of,
    async evidence(scene) {
      const pids = await scene.pids()
      return (
        pids.at(-1) !== '1' &&
        `NSpid: ${pids.join(' ')}: the command is process ${pids.at(-1)} of its namespace, not 1`
      )
    },
    usually:
      '`child` starts the command as a child of its own and stays PID 1 itself, as the Go program of the talk does. As PID 1 it would have to pass signals on and reap orphans.',
    look: 'In the container: ps -o pid,args. Who is 1?',
    call: '`child` becomes the command: execvp() replaces the program and keeps the pid. See execve(2).',
    lines: { step: '03-pid', pattern: /execvp\(file/ },
  },
  {
    id: 'orphans-not-reaped',
    of: /^an orphan/,
    usually:
      'PID 1 of the container is not the command but something that does not wait for its children.',
    look: 'ps -o pid,ppid,stat,args in the container: a Z is a zombie.',
    call: 'Orphans become children of PID 1, which has to wait(2) for them: a shell does. See pid_namespaces(7).',
    lines: { step: '03-pid', pattern: /execvp\(file/ },
  },
  {
    id: 'outlives-run',
    of: /^`kill -9`/,
    usually: 'The container outlives the process that made it: nothing ties the one to the other.',
    look: 'sudo kill -9 the run process, then ps -ef: what is left?',
    call: 'spawn() of native/process sets PR_SET_PDEATHSIG, see prctl(2); a process that was started in another way has none.',
    lines: { step: '03-pid', pattern: /spawn\(/ },
  },
  {
    id: 'not-the-init',
    of: /^when PID 1 ends|^the command is PID 1/,
    usually: 'The process that `run` made is not the one that becomes the command.',
    look: 'On the host: lsns --type pid, and pstree -p of the run process.',
    call: 'cloneflags of spawn(), then execvp() in `child`. When PID 1 ends, the kernel kills the rest: pid_namespaces(7).',
    lines: { step: '03-pid', pattern: /cloneflags|execvp\(file/ },
  },
]
