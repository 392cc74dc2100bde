// Who you are, how you become root, and whether that's the real root: in Docker and in user
// namespaces it isn't.
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { find } from '../../programs.mjs'
import { isRoot } from '../../root.mjs'
import { attempt, attemptAsRoot, canBeRoot, read } from '../attempt.mjs'
import { failure, note, ok, untried, warning } from '../finding.mjs'
import { inScratch } from '../scratch.mjs'

export const privileges = () => [
  becomingRoot(),
  ...path(),
  ...realRoot(),
  ...capabilities(),
  devices(),
]

function becomingRoot() {
  const name = 'root'
  if (isRoot()) return ok(name, 'you are root')
  const { username } = userInfo()
  const you = `you are ${username}`
  if (!find('sudo')) {
    const fix = `as root: install sudo, and: usermod -aG sudo ${username}; then log in again`
    return failure(name, 2, `${you}, and there's no sudo`, fix)
  }
  if (canBeRoot()) return ok(name, `${you}, and sudo works without asking`)
  const { said } = attempt(['sudo', '-n', 'true'])
  if (/not in the sudoers|may not run|not allowed/.test(said)) {
    const fix = `as root: usermod -aG sudo ${username} (wheel in place of sudo on Fedora and Arch); then log in again`
    return failure(name, 2, `${you}: ${said}`, fix)
  }
  return ok(name, `${you}, and sudo asks for a password`)
}

const secure = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin'

// The npm scripts give sudo the whole path, so this bites only when you type sudo yourself.
function path() {
  if (isRoot() || secure.split(':').includes(dirname(process.execPath))) return []
  const saw = `sudo doesn't find the Node at ${process.execPath}; the npm scripts give it the whole path, and so must you`
  return [note('sudo and PATH', saw, 'sudo "$(command -v node)" …')]
}

/** A name for the container this runs in, if it does. */
function container() {
  if (existsSync('/.dockerenv')) return 'Docker'
  if (existsSync('/run/.containerenv')) return 'Podman'
  return (
    read('/run/systemd/container').trim() ||
    /(?:^|\0)container=([^\0]+)/.exec(read('/proc/1/environ'))?.[1]
  )
}

function realRoot() {
  const found = []
  const kind = container()
  if (kind) {
    const saw = `this is a container already (${kind}): it needs --privileged to make others`
    found.push(note('container', saw))
  }
  const map = read('/proc/self/uid_map').trim().split(/\s+/).join(' ')
  if (map && map !== '0 0 4294967295')
    found.push(
      warning(
        'user namespace',
        `the users in here are others on the machine (uid_map: ${map}): root in here may do less than root`,
        'run this on the machine itself, or in a container that was started with --privileged and without a user namespace',
      ),
    )
  return found
}

/** An ordinary user's bounding set is what sudo can give. */
function capabilities() {
  const name = 'capabilities'
  const field = new RegExp(`^${isRoot() ? 'CapEff' : 'CapBnd'}:\\s*(\\w+)`, 'm')
  const set = BigInt(`0x${field.exec(read('/proc/self/status'))?.[1] ?? '0'}`)
  if ((set >> 21n) & 1n) return [ok(name, `CAP_SYS_ADMIN is there${isRoot() ? '' : ' for root'}`)]
  const saw = 'root without CAP_SYS_ADMIN: no namespace, no mount, no host name'
  const fix =
    'in Docker: docker run --privileged --cgroupns=host …, or the dev container of this repository'
  return [failure(name, 2, saw, fix)]
}

/** A container's /dev is made by mknod, which user namespaces don't allow. */
function devices() {
  return inScratch((folder) => {
    const name = 'devices'
    const tried = attemptAsRoot(['mknod', join(folder, 'null'), 'c', '1', '3'])
    attemptAsRoot(['rm', '-f', join(folder, 'null')])
    if (tried.worked) return ok(name, 'mknod works')
    if (tried.untried) return untried(name, 6)
    const fix = 'run this as root of the machine, or in Docker with --privileged'
    return failure(name, 6, `mknod: ${tried.said}`, fix)
  })
}
