// What /sys says about this host's network interfaces.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { run } from './command'
import { exists } from './exists'

const folder = '/sys/class/net'

export const isThere = (link: string) => exists(`${folder}/${link}`)
export const isBridge = (link: string) => exists(`${folder}/${link}/brif`)
export const isUp = (link: string) => Number(attribute(link, 'flags')) % 2 === 1
const isLoopback = (link: string) => Boolean(Number(attribute(link, 'flags')) & 8)

/** Whether an interface is plugged into a bridge. */
export const isPort = (link: string) => exists(`${folder}/${link}/brport`)

/** The interfaces that are plugged into a bridge. */
export const ports = (bridge: string) => readdirSync(`${folder}/${bridge}/brif`)

/**
 * The interfaces that are up and have traffic of their own. A port that goes meanwhile is none:
 * whether it is one is asked first.
 */
export const interfaces = () =>
  readdirSync(folder).filter((link) => !isPort(link) && isUp(link) && !isLoopback(link))

/** What an interface's alias says. Its maker wrote down what the next run must know. */
export const alias = (link: string) => attribute(link, 'ifalias')

/** Writes an alias. @throws Failure with what `ip` said */
export function setAlias(link: string, text: string): void {
  try {
    writeFileSync(`${folder}/${link}/ifalias`, text)
  } catch {
    run('ip -batch -', `link set ${link} alias "${text}"`) // /sys is read-only in some containers
  }
}

/** What a file of an interface says. */
export function attribute(link: string, file: string): string {
  try {
    return readFileSync(`${folder}/${link}/${file}`, 'utf8').trim()
  } catch (error) {
    // It has just gone with its container's namespace.
    if (/ENOENT|ENODEV|EINVAL/.test((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}
