// Opens the deck in the instructor's browser, if this machine has one to show it in.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import open from 'open'

/** Why there's no browser to start here, if so. */
export function whyNoBrowser(uid = process.getuid?.(), env = process.env): string | undefined {
  const { SSH_CONNECTION, DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME } = env
  if (uid === 0) return 'a browser should not run as root'
  if (SSH_CONNECTION) return 'this is an ssh session'
  // In WSL, the browser is that of Windows.
  const hasDisplay = DISPLAY || WAYLAND_DISPLAY || WSL_DISTRO_NAME
  if (process.platform === 'linux' && !hasDisplay) return 'there is no display'
}

/**
 * What to type on the machine in front of you, in an ssh session or a VM: the same port there leads
 * here.
 */
export function forwarding(port: number, env = process.env): string | undefined {
  const [, , host, sshPort] = env.SSH_CONNECTION?.split(' ') ?? []
  if (!host) return undefined
  const user = env.SUDO_USER ?? userInfo().username
  const other = sshPort && sshPort !== '22' ? `-p ${sshPort} ` : ''
  return `ssh ${other}-L ${port}:127.0.0.1:${port} ${user}@${host}`
}

/**
 * Opens a page that leads to the address, and that only this user can read: everybody can read the
 * command line a browser is started with. A browser from snap can't read hidden files or /tmp, so
 * the page lies in a visible folder of the home directory.
 *
 * @returns the folder; remove it when the address is no longer good
 * @throws Node's errors of writing there
 */
export function openBrowser(address: string): string {
  const folder = mkdtempSync(join(homedir(), 'containers-deck-'))
  const page = join(folder, 'open.html')
  const leads = `<meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${address}">`
  writeFileSync(page, `<!doctype html>${leads}<a href="${address}">The deck</a>\n`, { mode: 0o600 })
  // The address is printed as well, so nothing is lost if this fails.
  open(page).catch(() => {})
  process.once('exit', () => forget(folder))
  return folder
}

/** Removes the page. */
export const forget = (folder: string) => rmSync(folder, { recursive: true, force: true })
