// Commands as somebody else than root.
import { spawnSync } from 'node:child_process'

/** What makes root somebody else. */
export const becoming = (id: number | string) => [
  'setpriv',
  ...['--reuid', `${id}`, '--regid', `${id}`, '--clear-groups'],
]

/** The same, who may read a checkout in somebody's private home all the same. */
export const becomingReader = (id: number | string) => [
  ...becoming(id),
  ...['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'],
]

/** Whether an ordinary user may make no user namespace here, as on Ubuntu 24.04: what needs one is left out, and this said. */
export function refusesUserNamespaces(): boolean {
  const [file, ...args] = [...becoming(65534), 'unshare', '--user', '--map-root-user', 'true']
  const { status, stderr } = spawnSync(file as string, args, { encoding: 'utf8' })
  if (status === 0) return false
  console.log(
    `some tests are left out, an ordinary user can make no user namespace here: ${stderr.trim()}`,
  )
  return true
}
