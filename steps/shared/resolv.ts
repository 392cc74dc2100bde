// The host's name servers, as far as a container can use them.
import { readFileSync } from 'node:fs'

// The last two are for hosts whose own file names a server of theirs on the loopback interface.
const files = [
  '/etc/resolv.conf',
  '/run/systemd/resolve/resolv.conf',
  '/run/NetworkManager/no-stub-resolv.conf',
]

/**
 * What the container's resolv.conf says: the host's name servers that are reached by IPv4, and all
 * else that the host's file says. A server on the host's loopback interface is out of reach.
 *
 * @returns with a well-known public server, and a line on stderr, if the host names none
 * @see https://man7.org/linux/man-pages/man5/resolv.conf.5.html
 */
export function resolvConf(): string {
  const texts = files.map(read)
  const usable = texts.find((text) => servers(text).length > 0)
  if (usable) return others(usable) + servers(usable).join('')
  console.error('this host names no server that a container can reach: it asks 1.1.1.1 for names')
  return `${others(texts[0])}nameserver 1.1.1.1\n`
}

// What stands behind the address doesn't count.
const servers = (text: string) =>
  [...text.matchAll(/^nameserver[ \t]+(?!127\.|0\.)(\d+(?:\.\d+){3})(?!\S)/gm)].map(
    ([, server]) => `nameserver ${server}\n`,
  )

const others = (text: string) =>
  (text.match(/^(search|domain|options|sortlist)[ \t].*\n/gm) ?? []).join('')

// Lines may end as in Windows, or the last one not at all.
function read(path: string): string {
  try {
    return `${readFileSync(path, 'utf8').replaceAll('\r', '')}\n`
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') console.error(`${message}: ${path} doesn't count`)
    return ''
  }
}
