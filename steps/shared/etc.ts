// Files below /etc for a container, without writing to its root file system.
import { mkdirSync, readFileSync, readlinkSync, realpathSync, rmSync, statSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { MS_BIND, mount } from '#native/mount'

/**
 * Makes a file below /etc say something. The text lies in /run, which must be a tmpfs, and is bind
 * mounted on the file, or where its links lead. If there's no such file, the root's layer gets one,
 * or if it has no layer, an overlay gives /etc one.
 *
 * @throws SystemError of mount(2), and Node's errors of writing below /run
 */
export function provide(path: string, text: string): void {
  const source = `/run/${basename(path)}`
  writeFileSync(source, text)
  if (!isFile(path)) makeFile(path)
  mount(source, realpathSync(path), null, MS_BIND)
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile()

// A link below /run leads to a service that doesn't run here, such as systemd-resolved.
function makeFile(path: string): void {
  const target = end(path)
  if (target.startsWith('/run/')) mkdirSync(dirname(target), { recursive: true })
  else {
    if (!hasLayer()) overlay()
    rmSync(path, { recursive: true, force: true })
  }
  writeFileSync(path, '')
}

// Where the links end that a path is, even if nothing is there.
function end(path: string, links = 0): string {
  try {
    const target = resolve(realpathSync(dirname(path)), readlinkSync(path))
    return links < 40 ? end(target, links + 1) : path
  } catch {
    return path // no link
  }
}

// Of the host's own overlays, such as Docker's, none names its directories by descriptors.
function hasLayer(): boolean {
  const root = /^(?:\S+ ){3}\/ \/ .* - overlay .*upperdir=\/proc\/self\/fd\//m
  return root.test(readFileSync('/proc/self/mountinfo', 'utf8'))
}

function overlay(): void {
  const [upper, work] = ['/run/etc/upper', '/run/etc/work']
  if (statSync(upper, { throwIfNoEntry: false })) return
  for (const directory of [upper, work]) mkdirSync(directory, { recursive: true })
  mount('overlay', '/etc', 'overlay', 0, `lowerdir=/etc,upperdir=${upper},workdir=${work}`)
  process.stderr.write('files are missing in /etc: what is written there ends with the container\n')
}
