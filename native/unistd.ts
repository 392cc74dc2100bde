// <unistd.h>: host name, root directory, terminal, and becoming another program.
import { descriptor, path, text } from './internal/arguments'
import { binding } from './internal/binding'
import { check, SystemError } from './internal/errors'
import { type Environment, program } from './internal/program'

const HOST_NAME_MAX = 64

/**
 * Sets the host name of the UTS namespace.
 *
 * @param name at most 64 bytes
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN)
 * @see https://man7.org/linux/man-pages/man2/sethostname.2.html
 */
export function sethostname(name: string): void {
  check(binding.sethostname(text(name, 'name', HOST_NAME_MAX)), 'sethostname', name)
}

/**
 * Makes a directory the start of absolute paths, for this process. The working directory doesn't
 * change. It's no prison: a process with CAP_SYS_CHROOT can leave it.
 *
 * @param root the directory
 * @throws SystemError EPERM (needs CAP_SYS_CHROOT), ENOENT, ENOTDIR, EACCES
 * @see https://man7.org/linux/man-pages/man2/chroot.2.html
 */
export function chroot(root: string): void {
  check(binding.chroot(path(root, 'root')), 'chroot', root)
}

/**
 * Makes new_root the root of the mount namespace, and moves the old root to put_old. With '.' for
 * both, the old root ends up on top of the new one: umount2('.', MNT_DETACH) removes it.
 *
 * @param new_root a mount point
 * @param put_old new_root or a directory below it
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), EINVAL (not a mount point, or shared), EBUSY,
 *   ENOENT, ENOTDIR
 * @see https://man7.org/linux/man-pages/man2/pivot_root.2.html
 */
export function pivot_root(new_root: string, put_old: string): void {
  check(
    binding.pivotRoot(path(new_root, 'new_root'), path(put_old, 'put_old')),
    'pivot_root',
    new_root,
    put_old,
  )
}

/**
 * The path of the terminal that a descriptor is open on.
 *
 * @param fd such as 0, for standard input
 * @returns a path such as '/dev/pts/3'; undefined if it's no terminal, or one without a name here
 * @see https://man7.org/linux/man-pages/man3/ttyname.3.html
 */
export function ttyname(fd: number): string | undefined {
  const name = binding.ttyname(descriptor(fd, 'fd'))
  return typeof name === 'string' ? name : undefined
}

/**
 * Becomes another program: same process, same PID, same namespaces. Doesn't return. The program
 * gets standard input, output and error, and no other descriptor.
 *
 * @param file a path, or a name to look for in PATH of `env`
 * @param args its arguments, without argv[0]
 * @param env its whole environment; by default that of this process
 * @throws SystemError ENOENT (not found), EACCES (not executable), ENOEXEC and others
 * @see https://man7.org/linux/man-pages/man3/exec.3.html
 */
export function execvp(file: string, args: string[] = [], env: Environment = process.env): never {
  throw new SystemError(binding.execve(...program(file, args, env), true), 'execve', file)
}

/**
 * Becomes another program like execvp(), but without a search: `file` is a path. A script needs
 * its #! line.
 *
 * @param file the path of the program
 * @param args its arguments, without argv[0]
 * @param env its whole environment; by default that of this process
 * @throws SystemError ENOENT (not found), EACCES (not executable), ENOEXEC and others
 * @see https://man7.org/linux/man-pages/man2/execve.2.html
 */
export function execve(file: string, args: string[] = [], env: Environment = process.env): never {
  const [, argv, envp] = program(file, args, env)
  throw new SystemError(binding.execve([file], argv, envp, false), 'execve', file)
}
