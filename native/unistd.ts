// <unistd.h>: host name, root directory, terminal, and the program to become.
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
 * Makes a directory the place where absolute paths of this process start. It does not change the working directory
 * and is no prison: a process with CAP_SYS_CHROOT can leave it.
 *
 * @throws SystemError EPERM (needs CAP_SYS_CHROOT), ENOENT, ENOTDIR, EACCES
 * @see https://man7.org/linux/man-pages/man2/chroot.2.html
 */
export function chroot(root: string): void {
  check(binding.chroot(path(root, 'root')), 'chroot', root)
}

/**
 * Makes new_root the root mount of the mount namespace and moves the old one to put_old. With '.' for both, the old
 * root ends up on top of the new one, where umount2('.', MNT_DETACH) takes it off.
 *
 * @param new_root a mount point
 * @param put_old a directory at or below new_root
 * @throws SystemError EPERM (needs CAP_SYS_ADMIN), EINVAL (no mount point, or shared), EBUSY, ENOTDIR
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
 * @returns such as '/dev/pts/3'; undefined when it is no terminal, or one that has no name here
 * @see https://man7.org/linux/man-pages/man3/ttyname.3.html
 */
export function ttyname(fd: number): string | undefined {
  const name = binding.ttyname(descriptor(fd, 'fd'))
  return typeof name === 'string' ? name : undefined
}

/**
 * Becomes another program: same process, same pid, same namespaces. Does not return. The program has the standard
 * streams and no other descriptor.
 *
 * @param file a path, or a name to look for in PATH of env
 * @param args its arguments, without argv[0]
 * @param env its whole environment
 * @throws SystemError ENOENT, EACCES, ENOEXEC and others
 * @see https://man7.org/linux/man-pages/man3/exec.3.html
 */
export function execvp(file: string, args: string[] = [], env: Environment = process.env): never {
  throw new SystemError(binding.execve(...program(file, args, env), true), 'execve', file)
}

/**
 * As execvp(), without a search: file is a path. A script needs its #!.
 *
 * @see https://man7.org/linux/man-pages/man2/execve.2.html
 */
export function execve(file: string, args: string[] = [], env: Environment = process.env): never {
  const [, argv, envp] = program(file, args, env)
  throw new SystemError(binding.execve([file], argv, envp, false), 'execve', file)
}
