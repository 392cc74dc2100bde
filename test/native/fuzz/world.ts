// A world for the fuzzed program to mount, kill and rename things in. The program starts in new
// namespaces, with a user namespace among them, so the kernel itself keeps every call away from
// the host.
import { mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { MNT_DETACH, mount, pivot_root, umount2 } from '../all'

/** Leaves the host's files for a new root. */
export function enterWorld(busybox: string): void {
  if (process.ppid !== 1)
    throw new Error('the fuzz starts only in a new pid namespace: it calls anything')
  const command = readFileSync(busybox) // read first: it may be below /tmp
  mount('world', '/tmp', 'tmpfs')
  process.chdir('/tmp')
  for (const directory of ['bin', 'proc', 'tree', 'tree/a', 'tree/a/b', 'tree/mount'])
    mkdirSync(directory)
  writeFileSync('bin/true', command, { mode: 0o755 })
  writeFileSync('tree/file', 'no program')
  writeFileSync('tree/broken', '\x7fELF', { mode: 0o755 })
  writeFileSync('tree/lost', '#!/no/such/interpreter\n', { mode: 0o755 })
  symlinkSync('/tree/a', 'tree/link')
  symlinkSync('loop', 'tree/loop')
  mount('proc', 'proc', 'proc')
  pivot_root('.', '.')
  umount2('.', MNT_DETACH)
  process.chdir('/')
  mount('mount', '/tree/mount', 'tmpfs')
  openSync('/tree/file', 'r')
  openSync('/proc/self/ns/uts', 'r')
  openSync('/proc/self/ns/mnt', 'r')
}
