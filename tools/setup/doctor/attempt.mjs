// Trying things, as root if that works without asking for a password.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { find } from '../programs.mjs'
import { isRoot } from '../root.mjs'

/** The text of a file; nothing if it can't be read, or is gone. */
export function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/**
 * How an attempt went: `said` is the end of what the program said. It may be `missing`, or
 * `untried` because only root can try it.
 * @typedef {object} Attempt
 * @property {boolean} worked
 * @property {string} said
 * @property {string} [output]
 * @property {boolean} [missing]
 * @property {boolean} [untried]
 */

/**
 * Runs a program.
 * @param {string[]} argv
 * @returns {Attempt}
 */
export function attempt([name, ...args], input = '', timeout = 60_000) {
  const file = name.includes('/') ? name : find(name)
  if (!file) return { worked: false, missing: true, said: `there's no program ${name} here` }
  // The sbin directories have ip, nft and others.
  const PATH = [process.env.PATH, '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']
    .filter(Boolean)
    .join(':')
  const ended = spawnSync(file, args, {
    encoding: 'utf8',
    timeout,
    input,
    env: { ...process.env, PATH, LC_ALL: 'C' },
  })
  const said = `${ended.stderr || ended.stdout || ended.error?.message || ''}`.trim()
  return {
    worked: ended.status === 0,
    said: said.split('\n').slice(-3).join(' '),
    output: ended.stdout ?? '',
  }
}

/** @type {boolean | undefined} */
let sudoWorks

/** Whether you can become root without typing a password. */
export function canBeRoot() {
  if (isRoot()) return true
  if (sudoWorks === undefined) sudoWorks = attempt(['sudo', '-n', 'true']).worked
  return sudoWorks
}

/**
 * Runs a program as root, if that works without asking.
 * @returns {Attempt}
 */
export function attemptAsRoot(argv, input = '', timeout = 60_000) {
  if (isRoot()) return attempt(argv, input, timeout)
  if (!canBeRoot()) return { worked: false, untried: true, said: 'only root can try this' }
  const [name, ...args] = argv
  return attempt(['sudo', '-n', find(name) ?? name, ...args], input, timeout)
}

/**
 * Runs a program as root, or else as root of a user namespace. What fails there may work for root.
 * @returns {Attempt}
 */
export function attemptSomehow(argv) {
  const asRoot = attemptAsRoot(argv)
  if (!asRoot.untried) return asRoot
  const inside = attempt(['unshare', '--user', '--map-root-user', ...argv])
  return inside.worked ? inside : asRoot
}
