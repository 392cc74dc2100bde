// <spawn.h>: starting a program beside this one.
import { flags } from './internal/arguments'
import { binding, type ChildHandle } from './internal/binding'
import { check, SystemError } from './internal/errors'
import { type Environment, program } from './internal/program'
import { CLONE_FLAGS } from './sched'

export interface SpawnOptions {
  /** The new namespaces of the child: CLONE_NEW*, or-ed. Default: none. */
  cloneflags?: number
  /** Its whole environment. Default: that of this process. */
  env?: Environment
  /**
   * Called when the child exists, in its new namespaces, and waits before it executes the program: the moment for
   * what only this side can do, such as putting it into a cgroup. When it throws, the child is killed and spawn()
   * rejects with that error. Synchronous.
   *
   * @param pid of the child, as this process sees it
   */
  beforeExec?(pid: number): void
  /**
   * Called when the child is gone, in whatever way, also after a beforeExec that threw: the moment to remove what that
   * has made. An error of beforeExec stands before one of afterEnd. Synchronous.
   */
  afterEnd?(): void
}

/**
 * Starts a program as a child in new namespaces and waits for its end: the counterpart of Go's exec.Command with
 * SysProcAttr.Cloneflags. The child has this process's standard streams and no other descriptor. Signals sent to
 * this process go to the child; it is killed when this process ends, in whatever way.
 *
 * SIGTERM and SIGHUP that a child does not heed kill it after two seconds. A signal that the kernel keeps from a
 * PID 1 because it has no handler for it has its effect all the same.
 *
 * @param file a path, or a name to look for in PATH of env
 * @param args its arguments, without argv[0]
 * @returns the exit status, 128 + n after signal n
 * @throws SystemError of clone: EPERM (namespaces need CAP_SYS_ADMIN), EINVAL, ENOSPC, EAGAIN, ENOSYS (before Linux
 *   5.4); of execve: ENOENT, EACCES, ENOEXEC and others, when no program was started
 * @see https://man7.org/linux/man-pages/man2/clone.2.html
 */
export async function spawn(
  file: string,
  args: string[] = [],
  options: SpawnOptions = {},
): Promise<number> {
  const { cloneflags = 0, env = process.env, beforeExec, afterEnd } = options
  const words = program(file, args, env)
  const namespaces = flags(cloneflags, 'cloneflags', CLONE_FLAGS)
  const started = check<StartedChild>(binding.startChild(...words, namespaces), 'clone')
  const [outcome] = await Promise.allSettled([untilEnd(file, started, beforeExec)])
  try {
    afterEnd?.()
  } catch (error) {
    if (outcome.status === 'fulfilled') throw error
  } finally {
    // Not before the caller has cleaned up: until then a Ctrl-C must not end this process.
    setImmediate(() => binding.forgetChild(started.child))
  }
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
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
      throw new TypeError('beforeExec must not be asynchronous: nobody waits for it')
    const failure = binding.releaseChild(child)
    if (failure) throw new SystemError(failure.errno, failure.syscall, file)
    return await end(child)
  } catch (error) {
    binding.killChild(child)
    // A Ctrl-C in the pause also hits what beforeExec runs: then that is what happened.
    const signal = binding.endingSignal(child)
    if (signal === 0) throw error
    return 128 + signal
  }
}

function end(child: ChildHandle): Promise<number> {
  return new Promise((resolve) => {
    check(binding.waitChild(child, resolve), 'clone')
  })
}
