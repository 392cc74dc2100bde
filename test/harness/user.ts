// Commands as somebody other than root.
import { spawnSync } from 'node:child_process'
import { constants, lstatSync } from 'node:fs'
import * as path from 'node:path'
import { isLeftOut } from './claim'
import { USER } from './stand-in'
import { repository, work } from './work'

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
  return isLeftOut(whyNoNamespaces())
}

function whyNoNamespaces(): string | undefined {
  const [file, ...args] = [...becoming(USER), 'unshare', '--user', '--map-root-user', 'true']
  const { status, stderr } = spawnSync(file as string, args, { encoding: 'utf8' })
  if (status === 0) return undefined
  return `ordinary users can't make a user namespace here: ${stderr.trim()}`
}

/** An ordinary user: whose the checkout is, or one that no machine has. */
export const ordinaryUser = () => lstatSync(repository).uid || USER

/** Whether the ordinary user can run a program here, in a user namespace. Prints why not. */
export function canBeOrdinary(main: string): boolean {
  return !isLeftOut(whyNotOrdinary(main))
}

/** Why the ordinary user can't run a program here, in a user namespace. */
export function whyNotOrdinary(main: string): string | undefined {
  const isOpen = (folder: string) =>
    (lstatSync(folder).mode & constants.S_IXOTH) !== 0 || lstatSync(folder).uid === ordinaryUser()
  const folders = [repository, path.dirname(main), work().folder].flatMap(withParents)
  const closed = folders.find((folder) => !isOpen(folder))
  return whyNoNamespaces() ?? (closed && `ordinary users can't enter ${closed}`)
}

function withParents(folder: string): string[] {
  const parent = path.dirname(folder)
  return parent === folder ? [folder] : [...withParents(parent), folder]
}
