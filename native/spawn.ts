// <spawn.h>: starting a program as a child process.
import { callable, callables, flags } from './internal/arguments'
import { binding, type ChildHandle } from './internal/binding'
import { check } from './internal/errors'
import { type Environment, program } from './internal/program'
import { CLONE_FLAGS } from './sched'

export interface SpawnOptions {
  /** The child's new namespaces: CLONE_NEW*, combined with `|`. None by default. */
  cloneflags?: number
  /** The child's whole environment. By default that of this process. */
  env?: Environment
  /** The program's path, if that isn't `file`: then `file` is only its argv[0]. */
  executable?: string
  /**
   * Called while the child, already in its new namespaces, waits to execute the program. This is
   * the moment for what only the host's side can do, such as putting the child into a cgroup. If
   * it throws, the child is killed and spawn() rejects with that error; but if somebody has killed
   * the child meanwhile, that's the result. Must be synchronous.
   *
   * @param pid the child's PID as this process sees it
   */
  beforeExec?(pid: number): void
  /**
   * Called one after another when the child is gone, however it ended, and also after beforeExec
   * threw: the moment to remove what that made. When one throws, the others are called
   * nevertheless, and the first error counts, that of beforeExec before all. If this process exits
   * meanwhile, the child is killed and they are called then. Must be synchronous.
   */
  afterEnd?: (() => void)[]
}

/**
 * Starts a program as a child in new namespaces and waits until it ends: the counterpart of Go's
 * exec.Command with SysProcAttr.Cloneflags. The child gets this process's standard input, output
 * and error, and no other descriptor. In a new user namespace it becomes root before it executes
 * the program, if beforeExec has mapped a root.
 *
 * Signals sent to this process go to the child. A child that is still there two seconds after
 * SIGTERM or SIGHUP is killed. The kernel drops signals to a PID 1 that has no handler for them:
 * SIGINT, SIGQUIT, SIGTERM and SIGHUP end such a child anyway, and the stop signals of a terminal
 * stop it together with this process, as a shell's job. When this process ends, in whatever way,
 * the child is killed: by the kernel (PR_SET_PDEATHSIG), and by a small second process, because the
 * kernel forgets that when the child changes its user, as su does.
 *
 * @param file a path, or a name to look for in PATH of `env`
 * @param args its arguments, without argv[0]
 * @returns the exit status, or 128 + n after signal n
 * @throws SystemError of clone: EPERM (namespaces need CAP_SYS_ADMIN), EINVAL, ENOSPC, EAGAIN,
 *   EMFILE, ENOSYS (before Linux 5.4); of execve, if the program could not be started: ENOENT,
 *   EACCES, ENOEXEC and others; of setresuid: EPERM (a security module took the capabilities)
 * @see https://man7.org/linux/man-pages/man2/clone.2.html
 */
export async function spawn(
  file: string,
  args: string[] = [],
  options: SpawnOptions = {},
): Promise<number> {
  const { cloneflags = 0, env = process.env, executable = file, beforeExec } = options
  if (beforeExec !== undefined) callable(beforeExec, 'beforeExec')
  const afterEnd = callables(options.afterEnd ?? [], 'afterEnd')
  const [paths] = program(executable, [], env)
  const [, argv, envp] = program(file, args, env)
  const namespaces = flags(cloneflags, 'cloneflags', CLONE_FLAGS)
  const started = check<StartedChild>(binding.startChild(paths, argv, envp, namespaces), 'clone')
  const abandoned = [() => binding.killChild(started.child), ...afterEnd]
  unfinished.add(abandoned)
  const [outcome] = await Promise.allSettled([untilEnd(executable, started, beforeExec)])
  unfinished.delete(abandoned)
  const ends = await Promise.allSettled(afterEnd.map(async (act) => act()))
  // Later, when the caller has cleaned up: until then a Ctrl-C must not end this process.
  setImmediate(() => binding.forgetChild(started.child))
  const failed = [outcome, ...ends].find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
  return (outcome as PromiseFulfilledResult<number>).value
}

// What is to be done at an exit of this process before the child's end, such as by an error
// elsewhere. The first error here goes where that one went.
const unfinished = new Set<(() => void)[]>()
process.once('exit', () => {
  const [error] = [...unfinished].flat().flatMap(attempt)
  const program: NodeJS.EventEmitter = process
  if (error && !program.emit('uncaughtException', error)) console.error(error)
})

function attempt(act: () => void): unknown[] {
  try {
    act()
    return []
  } catch (error) {
    return [error]
  }
}

type StartedChild = { pid: number; child: ChildHandle }

async function untilEnd(
  file: string,
  { pid, child }: StartedChild,
  beforeExec: SpawnOptions['beforeExec'],
): Promise<number> {
  try {
    const answer: unknown = beforeExec?.(pid)
    if (answer instanceof Promise)
      throw new TypeError('beforeExec must be synchronous: nothing waits for its promise')
    const [result, call] = binding.releaseChild(child)
    check(result, call, call === 'execve' ? file : null)
    return await end(child)
  } catch (error) {
    const killed = binding.killChild(child)
    // A Ctrl-C in the pause also hits the programs that beforeExec runs: the signal is the cause.
    // So is the child's death, if it was killed.
    const signal = binding.endingSignal(child)
    if (signal === 0 && killed === 0) throw error
    return signal === 0 ? killed : 128 + signal
  }
}

async function end(child: ChildHandle): Promise<number> {
  const status = await new Promise<number>((resolve) => {
    check(binding.waitChild(child, resolve), 'clone')
  })
  return check(status, 'waitid')
}
