// The terminal of an ordinary user belongs to root inside: it could let others read and write it.
import { closeSync, constants, openSync } from 'node:fs'
import { AT_FDCWD, MOUNT_ATTR_RDONLY, MS_BIND, mount, mount_setattr } from '#native/mount'
import { ttyname } from '#native/unistd'

/**
 * Opens the terminals among the standard streams again, through read-only mounts of this process:
 * reading and writing go on, chmod(2) and chown(2) fail with EROFS. Another user's stay as they
 * are: root inside can't change those.
 *
 * @throws SystemError of mount(2) and mount_setattr(2)
 */
export function keepModeOfTerminals(): void {
  for (const stream of [0, 1, 2]) {
    const terminal = ttyname(stream)
    if (terminal) openAgain(stream, terminal)
  }
}

function openAgain(stream: number, terminal: string): void {
  mount(terminal, terminal, null, MS_BIND)
  mount_setattr(AT_FDCWD, terminal, 0, { attr_set: MOUNT_ATTR_RDONLY })
  const fd = tryOpen(terminal)
  if (fd === undefined) return
  closeSync(stream)
  // The lowest free descriptor: the same again.
  tryOpen(terminal)
  closeSync(fd)
}

function tryOpen(terminal: string): number | undefined {
  try {
    return openSync(terminal, constants.O_RDWR | constants.O_NOCTTY)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined
    throw error
  }
}
