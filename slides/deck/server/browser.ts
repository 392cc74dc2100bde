// Opens the deck in the instructor's browser, if this machine has one to show it in.
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

/** The address is printed as well, so nothing is lost if this fails. */
export const openBrowser = (address: string) => open(address).catch(() => {})
