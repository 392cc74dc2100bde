// Letting packets through this host, and putting that back.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fail } from './cli'
import { alias, interfaces, isPort, setAlias } from './links'

const conf = '/proc/sys/net/ipv4/conf'
const file = (link: string) => `${conf}/${link}/forwarding`

function forwards(link: string): boolean {
  try {
    return readFileSync(file(link), 'utf8') === '1\n'
  } catch {
    return false // it has just gone
  }
}

// A bridge's ports don't count: it forwards for them. One that has just gone is no port any more,
// so that is asked first.
const forwarding = () => readdirSync(conf).filter((link) => !isPort(link) && forwards(link))

let done = false

/** Whether this process has called forward(). */
export const hasForwarded = () => done

/**
 * Lets packets through between a bridge and the other interfaces, also those still to come, which
 * take after `default`. Not with ip_forward: writing that resets other settings of every interface.
 * The bridge's alias keeps which interfaces forwarded before, and which were switched on.
 *
 * @throws Failure where /proc/sys is read-only and an interface doesn't forward yet
 * @see https://docs.kernel.org/networking/ip-sysctl.html
 */
export function forward(bridge: string): void {
  done = true
  const silent = ['default', ...interfaces()].filter((link) => !forwards(link))
  if (silent.length === 0 && alias(bridge)) return
  const { before = forwarding(), changed = [] } = memory(bridge)
  const all = fitting([...new Set([...changed, ...silent.filter((link) => link !== bridge)])])
  setAlias(bridge, `${fitting(before).join(' ')} / ${all.join(' ')}`)
  for (const link of silent) if (link === bridge || all.includes(link)) switchOn(link)
}

function switchOn(link: string): void {
  try {
    writeFileSync(file(link), '1')
  } catch (error) {
    if (!existsSync(file(link))) return // it has just gone
    if ((error as NodeJS.ErrnoException).code !== 'EROFS') throw error
    fail(
      "this host doesn't forward packets, and /proc/sys is read-only",
      'if this is a container, let its own host give it: sysctl net.ipv4.ip_forward=1',
    )
  }
}

/**
 * Puts back what forward() changed, unless something else may rely on it by now: ip_forward was
 * switched on, or another interface forwards.
 *
 * @throws Node's EROFS where /proc/sys has become read-only
 */
export function stopForwarding(bridge: string): void {
  const { before = [], changed = [] } = memory(bridge)
  if (forwards('all')) return
  const failed: unknown[] = []
  const putBack = (link: string) => {
    try {
      if (changed.includes(link) && forwards(link)) writeFileSync(file(link), '0')
    } catch (error) {
      failed.push(error)
    }
  }
  // Interfaces still to come, first: whatever may need the others, and if that can't be found out.
  putBack('default')
  const known = [bridge, ...before, ...changed]
  if (!forwarding().some((link) => !known.includes(link))) changed.forEach(putBack)
  if (failed.length > 0) throw failed[0]
}

function memory(bridge: string): { before?: string[]; changed?: string[] } {
  const [before, changed] = alias(bridge).split('/') // no interface has that in its name
  if (changed === undefined) return {}
  return { before: words(before), changed: words(changed) }
}

const words = (text: string) => text.split(' ').filter(Boolean)

// An alias has room for 255 bytes.
const fitting = (links: string[]) =>
  links.filter((_, index) => links.slice(0, index + 1).join(' ').length <= 120)
