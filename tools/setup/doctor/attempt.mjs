// Trying things, as root where that is possible without asking anybody for a password.
import { spawnSync } from 'node:child_process'
import { find } from '../programs.mjs'

export const isRoot = () => process.getuid() === 0

/** Runs a program; gives whether it worked, and the end of what it said. */
export function attempt([name, ...args], input = '') {
  const file = name.includes('/') ? name : find(name)
  if (!file) return { worked: false, missing: true, said: `there is no program ${name} here` }
  // The sbin directories have ip, nft and others.
  const PATH = [process.env.PATH, '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']
    .filter(Boolean)
    .join(':')
  const ended = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: 10_000,
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

let sudoWorks

/** Whether something can be run as root without a question. */
export function canBeRoot() {
  if (isRoot()) return true
  if (sudoWorks === undefined) sudoWorks = attempt(['sudo', '-n', 'true']).worked
  return sudoWorks
}

/** As attempt(), as root; `untried` when that is not possible just now. */
export function attemptAsRoot(argv, input) {
  if (isRoot()) return attempt(argv, input)
  if (!canBeRoot()) return { worked: false, untried: true, said: 'only root can try this' }
  const [name, ...args] = argv
  return attempt(['sudo', '-n', find(name) ?? name, ...args], input)
}
