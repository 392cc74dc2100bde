import type { Cause } from '../cause'
import { flagMissing } from './shared'

export const causes: Cause[] = [
  {
    id: 'printed-one',
    of: /PID 1/,
    async evidence(scene) {
      if (!(await scene.shares('pid'))) return false
      const { stdout } = await scene.target.run(['/bin/sh', '-c', 'echo $$'])
      const [pid] = await scene.pids()
      return (
        stdout.toString().trim() === '1' &&
        `\`run /bin/sh -c 'echo $$'\` writes 1, but the kernel knows its shells only by the host's numbers: NSpid: ${pid}`
      )
    },
    usually:
      'Your program prints the 1; it is no pid. A process is PID 1 only because the kernel made a new pid namespace with it.',
    look: 'On the host, while a container runs: grep NSpid /proc/PID/status. A process in its own namespace has two numbers there.',
    call: 'Add CLONE_NEWPID to the cloneflags of spawn(). See pid_namespaces(7).',
    lines: { step: '03-pid', pattern: /cloneflags/ },
  },
  flagMissing('pid', 'CLONE_NEWPID', { step: '03-pid', pattern: /CLONE_NEWPID/ }),
  {
    id: 'child-of-pid-1',
    of: /PID 1|^`kill -9`/,
    async evidence(scene) {
      const pids = await scene.pids()
      const pid = pids.at(-1)
      return (
        pid !== '1' &&
        `NSpid: ${pids.join(' ')}: the command is process ${pid} of its namespace, not 1`
      )
    },
    usually:
      '`child` starts the command as its own child and stays PID 1, as the Go program of the talk does. As PID 1 it would have to pass signals on and reap orphans.',
    look: 'In the container: ps -o pid,args. Who is 1?',
    call: '`child` becomes the command: execvp() replaces the program and keeps the pid. See execve(2).',
    lines: { step: '03-pid', pattern: /execvp\(file/ },
  },
  {
    id: 'orphans-not-reaped',
    of: /^an orphan/,
    usually:
      "PID 1 of the container isn't the command, but something that doesn't wait for its children.",
    look: 'ps -o pid,ppid,stat,args in the container: a Z is a zombie.',
    call: 'Orphans become children of PID 1, which has to wait(2) for them: a shell does. See pid_namespaces(7).',
    lines: { step: '03-pid', pattern: /execvp\(file/ },
  },
  {
    id: 'outlives-run',
    of: /^`kill -9`/,
    usually: 'The container outlives the process that made it: nothing ties one to the other.',
    look: 'sudo kill -9 the run process, then ps -ef: what is left?',
    call: 'spawn() of #native/spawn sets PR_SET_PDEATHSIG, see prctl(2); a process started in another way has none.',
    lines: { step: '03-pid', pattern: /spawn\(/ },
  },
  {
    id: 'not-the-init',
    usually: "The process that `run` made isn't the one that becomes the command.",
    look: 'On the host: lsns --type pid, and pstree -p of the run process.',
    call: 'The cloneflags of spawn(), then execvp() in `child`. When PID 1 ends, the kernel kills the rest: pid_namespaces(7).',
    lines: { step: '03-pid', pattern: /cloneflags|execvp\(file/ },
  },
]
