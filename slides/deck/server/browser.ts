// Opening the deck in the browser of whoever sits at this machine, where there is one.
import { spawn } from 'node:child_process'
import { find } from '../../../tools/setup/programs.mjs'

/** The program that opens an address, or why there is none to be started. */
export function opener(): { program: string } | { reason: string } {
  if (process.getuid?.() === 0) return { reason: 'a browser is not started as root' }
  if (process.env.SSH_CONNECTION) return { reason: 'this is a session of ssh' }
  const program =
    process.platform === 'darwin' ? find('open') : (find('wslview') ?? find('xdg-open'))
  if (!program) return { reason: 'there is no xdg-open' }
  const needsDisplay = process.platform === 'linux' && !program.endsWith('wslview')
  if (needsDisplay && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { reason: 'there is no display' }
  return { program }
}

export function open(program: string, url: string) {
  const child = spawn(program, [url], { stdio: 'ignore', detached: true })
  // The address is printed as well: whoever sees no browser uses that.
  child.on('error', () => {})
  child.unref()
}
