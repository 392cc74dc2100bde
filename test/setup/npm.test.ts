// The groups of npm packages, installed by the real npm.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { HANG } from '../harness/waiting'
import { SmallCheckout } from './small'

const checkout = new SmallCheckout()
const lock = readFileSync(checkout.path('package-lock.json'), 'utf8')
afterAll(() => checkout.remove())
beforeEach(() => rmSync(checkout.path('node_modules'), { recursive: true, force: true }))

const limit = { timeout: 5 * HANG }
const parse = (text: string) => (text ? JSON.parse(text) : undefined)

/** Installs the groups; returns what was missing before and what is missing afterwards. */
function install(groups: string[], settings = '') {
  const home = checkout.path('home')
  mkdirSync(home, { recursive: true })
  // A prefix, so that a global installation would be one in here.
  writeFileSync(`${home}/.npmrc`, `prefix=${home}/global\n${settings}\n`)
  const program = `import { installPackages, missingGroups } from './tools/setup/packages.mjs'
    const groups = process.argv.slice(1)
    const before = missingGroups(groups)
    if (before.length) await installPackages(before)
    console.log(JSON.stringify({ before, after: missingGroups(groups) }))`
  const { npm_config_cache, ...rest } = process.env
  const kept = Object.entries(rest).filter(([name]) => !/^npm_/i.test(name))
  const env = { ...Object.fromEntries(kept), HOME: home, npm_config_cache }
  const argv = ['--input-type=module', '-e', program, ...groups]
  const ended = spawnSync(process.execPath, argv, { cwd: checkout.folder, env, encoding: 'utf8' })
  return { stderr: ended.stderr, ...parse(ended.stdout) }
}

const there = (name: string) => existsSync(checkout.path('node_modules', name, 'package.json'))

test(
  'a group comes when it is asked for, says so, and leaves the others as they are',
  limit,
  () => {
    const core = install(['core'])
    expect(core).toMatchObject({ before: ['core'], after: [] })
    expect(core.stderr).toContain('Installing npm packages: core')
    expect([there('readdirp'), there('@lydell/node-pty'), there('commander')]).toEqual([
      true,
      false,
      false,
    ])
    writeFileSync(checkout.path('node_modules', 'chokidar', 'mark'), '')

    expect(install(['core', 'companion'])).toMatchObject({ before: ['companion'], after: [] })
    expect(there(`@lydell/node-pty-linux-${process.arch}`)).toBe(true)
    expect(there('commander')).toBe(false)

    expect(install(['core', 'deck'])).toMatchObject({ before: ['deck'], after: [] })
    expect(install(['core', 'companion', 'deck'])).toMatchObject({ before: [], after: [] })
    expect(existsSync(checkout.path('node_modules', 'chokidar', 'mark'))).toBe(true)
    expect(readFileSync(checkout.path('package-lock.json'), 'utf8')).toBe(lock)
  },
)

test('what a killed installation left is replaced', limit, () => {
  install(['core'])
  const half = checkout.path('node_modules', 'commander')
  mkdirSync(half)
  writeFileSync(`${half}/package.json`, '{ "name": "commander", "version": "14.0.3" }')
  expect(install(['deck'])).toMatchObject({ before: ['deck'], after: [] })
  expect(existsSync(`${half}/index.js`)).toBe(true)
})

describe("a user's settings of npm", () => {
  // As many as go together: each of them alone would do harm.
  test.each([
    'omit=dev\nomit=optional\nomit=peer\nproduction=true\nignore-scripts=true\nbin-links=false',
    'workspaces=false\npackage-lock=false\nlegacy-peer-deps=true\ninstall-strategy=nested',
    'workspaces=true\ninclude-workspace-root=true\npackage-lock-only=true\ndry-run=true\njson=true',
    'global=true\nlocation=global\nsave-exact=true',
  ])('%s', limit, (settings) => {
    expect(install(['core'], settings)).toMatchObject({ before: ['core'], after: [] })
    const more = install(['core', 'companion'], settings)
    expect(more).toMatchObject({ before: ['companion'], after: [] })
    expect(install(['core', 'companion'], settings)).toMatchObject({ before: [] })
    expect(Object.keys(checkout.record())).not.toContain('node_modules/commander')
    expect(readFileSync(checkout.path('package-lock.json'), 'utf8')).toBe(lock)
  })
})
