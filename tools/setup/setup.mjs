// The set-up: what's missing, in which order to bring it, and only one set-up at a time.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { buildAddon, isAddonBuilt } from './addon.mjs'
import { installPackages, missingGroups } from './packages.mjs'
import { checkTemporary } from './place.mjs'
import { checkPlatform } from './platform.mjs'
import { areFixturesCompiled, compileFixtures } from './fixtures.mjs'
import { find, quiet } from './programs.mjs'
import { at, isKit, root } from './project.mjs'
import { Problem, say, task } from './terminal.mjs'
import { isRoot } from './root.mjs'
import { areScriptsCompiled, compileScripts } from './scripts.mjs'
import { installPrograms, missingPrograms, networkStep } from './system.mjs'

// What needs packages to be made, in this order.
const parts = {
  addon: {
    isDone: isAddonBuilt,
    run: buildAddon,
    makes: ['build', 'native/build'],
    programs: 'build',
  },
  scripts: { isDone: areScriptsCompiled, run: compileScripts, makes: ['build'] },
  fixtures: { isDone: areFixturesCompiled, run: compileFixtures, makes: ['build'] },
  rootfs: {
    isDone: () => existsSync(at('rootfs', 'busybox')),
    run: makeRootfs,
    makes: ['rootfs/busybox'],
    programs: 'rootfs',
  },
}

/**
 * What a command needs, each a list of words: groups of npm packages, parts of the set-up, and what
 * it runs the system's programs for ('run', 'test').
 * @typedef {{ packages?: string, makes?: string, programs?: string }} Needs
 */

/**
 * Sees to it that all of this is there. Resolves to whether there was anything to do.
 * @param {Needs} needs
 */
export async function ensure(needs) {
  checkPlatform()
  const missing = whatIsMissing(needs)
  if (!missing.any) return false
  if (isKit) return explainKit(missing)
  checkTemporary()
  if (process.env.CONTAINERS_SETUP_LOCKED || !find('flock')) await setUp(needs)
  else await setUpLocked(needs)
  return true
}

/** @param {Needs} needs */
function whatIsMissing({ packages, makes, programs: purposes }) {
  const groups = missingGroups(split(packages))
  const todo = split(makes).filter((name) => !parts[name].isDone())
  const programs = missingPrograms([
    ...split(purposes),
    ...todo.map((name) => parts[name].programs).filter(Boolean),
  ])
  const required = programs.filter((need) => !need.optional)
  return { groups, todo, programs, any: groups.length + todo.length + required.length > 0 }
}

const split = (text = '') => text.split(' ').filter(Boolean)

async function setUp(needs) {
  const { groups, todo, programs } = whatIsMissing(needs)
  if (programs.length) await installPrograms(programs)
  if (groups.length) await thenLeaveToOwner(installPackages(groups), ['node_modules'])
  for (const name of todo) await thenLeaveToOwner(parts[name].run(), parts[name].makes)
}

async function thenLeaveToOwner(work, made) {
  try {
    await work
  } finally {
    await leaveToOwner(made)
  }
}

/** In a kit nothing can be installed or built. */
function explainKit({ groups, todo, programs }) {
  if (groups.length)
    throw new Problem(
      `The kit doesn't have the packages for this (${groups.join(', ')}). KIT.md says what it's for.`,
    )
  if (todo.length)
    throw new Problem(
      `The kit's ${todo.join(', ')} can't be used here. Unpack it again, as the user who runs it.`,
    )
  const names = programs.map((need) => need.what).join(', ')
  say(`This machine lacks ${names}: steps from ${networkStep} on can't run here.`)
  return false
}

// Root may set up another user's checkout, as with `sudo npm start`.
async function leaveToOwner(made) {
  const { uid, gid } = statSync(root)
  const paths = made.map((path) => at(path)).filter((path) => existsSync(path))
  if (isRoot() && uid !== 0 && paths.length)
    await quiet('chown', ['-R', '-h', `${uid}:${gid}`, ...paths])
}

// The kernel drops this lock when its holder ends, in whatever way, so it's never stale.
async function setUpLocked(needs) {
  const lock = at('build', 'setup.lock')
  if (!existsSync(lock)) {
    mkdirSync(at('build'), { recursive: true })
    writeFileSync(lock, '', { flag: 'a' })
    await leaveToOwner(['build'])
  }
  const flock = find('flock') ?? 'flock'
  if (spawnSync(flock, ['-n', lock, 'true']).status !== 0)
    say('Waiting for another set-up of this checkout.')
  const worker = [process.execPath, at('tools', 'setup', 'setup-worker.mjs'), JSON.stringify(needs)]
  const env = { ...process.env, CONTAINERS_SETUP_LOCKED: '1' }
  const { status, signal } = spawnSync(flock, [lock, ...worker], { env, stdio: ['inherit', 2, 2] })
  // flock exits as a shell does: above 128 for a signal. The worker has reported any other problem.
  if (signal || status === null || status > 128)
    throw new Problem('The set-up was interrupted. Run this again to continue.', status ?? 130)
  if (status !== 0) process.exit(status)
}

async function makeRootfs() {
  const make = ['--require', 'tsx/cjs', at('rootfs', 'index.ts'), 'busybox']
  await task('Making the root file system', (detail) => quiet(process.execPath, make, detail))
}
