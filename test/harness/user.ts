// Commands as somebody other than root.
import { spawnSync } from 'node:child_process'

/** The words before a command that make root somebody else. */
export const becoming = (id: number | string) => [
  'setpriv',
  ...['--reuid', `${id}`, '--regid', `${id}`, '--clear-groups'],
]

/** The same, but allowed to read a checkout in a private home. */
export const becomingReader = (id: number | string) => [
  ...becoming(id),
  ...['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'],
]

/** Whether the host refuses ordinary users a user namespace, as Ubuntu 24.04 does. Prints it. */
export function refusesUserNamespaces(): boolean {
  const [file, ...args] = [...becoming(65534), 'unshare', '--user', '--map-root-user', 'true']
  const { status, stderr } = spawnSync(file as string, args, { encoding: 'utf8' })
  if (status === 0) return false
  console.log(
    `some tests are left out, ordinary users can't make a user namespace here: ${stderr.trim()}`,
  )
  return true
}
