// The devices that programs rely on, and no others.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { mount, MS_BIND, MS_NOSUID, MS_NODEV, MS_NOEXEC } from '#native/mount'
import { mknod, S_IFCHR } from '#shared/userns/stat'

/** Fills /dev; `terminal` is a descriptor of the host's, and becomes /dev/console. */
export function makeDev(terminal?: number) {
  mount('dev', '/dev', 'tmpfs', MS_NOSUID | MS_NOEXEC, 'mode=755,size=64k')
  mknod('/dev/null', S_IFCHR | 0o666, 1, 3)
  mknod('/dev/zero', S_IFCHR | 0o666, 1, 5)
  mknod('/dev/full', S_IFCHR | 0o666, 1, 7)
  mknod('/dev/random', S_IFCHR | 0o666, 1, 8)
  mknod('/dev/urandom', S_IFCHR | 0o666, 1, 9)
  mknod('/dev/tty', S_IFCHR | 0o666, 5, 0)
  symlinkSync('/proc/self/fd', '/dev/fd')
  symlinkSync('fd/0', '/dev/stdin')
  symlinkSync('fd/1', '/dev/stdout')
  symlinkSync('fd/2', '/dev/stderr')

  mkdirSync('/dev/pts')
  mount('devpts', '/dev/pts', 'devpts', MS_NOSUID | MS_NOEXEC, 'newinstance,mode=620,ptmxmode=666')
  symlinkSync('pts/ptmx', '/dev/ptmx')
  mkdirSync('/dev/shm')
  mount('shm', '/dev/shm', 'tmpfs', MS_NOSUID | MS_NODEV | MS_NOEXEC, 'mode=1777,size=16m')
  mkdirSync('/dev/mqueue')
  mount('mqueue', '/dev/mqueue', 'mqueue', MS_NOSUID | MS_NODEV | MS_NOEXEC)
  if (terminal === undefined) return
  writeFileSync('/dev/console', '')
  mount(`/proc/self/fd/${terminal}`, '/dev/console', null, MS_BIND)
}
