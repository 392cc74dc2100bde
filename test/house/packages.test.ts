// Which room uses which npm packages: those of the groups that its commands bring, and no others.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { describe, expect, test } from 'vitest'
import { at, root } from '../../tools/setup/project.mjs'
import { allGroups } from '../../tools/setup/packages.mjs'

const json = (...path: string[]) => JSON.parse(readFileSync(at(...path), 'utf8'))

const listOf = (group: string): string[] =>
  Object.keys(
    json(...(group === 'core' ? [] : ['tools', 'packages', group]), 'package.json').dependencies,
  )

/** What the commands of a room bring, as tools/run.mjs has it. */
const rooms: { [room: string]: string[] } = {
  steps: ['core'],
  native: ['core'],
  rootfs: ['core'],
  'tools/setup': ['core'],
  'tools/companion': ['core', 'companion'],
  'tools/guide': ['core', 'companion', 'guide'],
  'tools/maintainers': ['core', 'companion', 'guide', 'deck', 'test', 'browser', 'maintainers'],
  'tools/kit': ['core', 'companion', 'deck'],
  slides: ['core', 'companion', 'deck', 'browser'],
  'test/harness': ['core', 'companion', 'guide', 'test'],
  test: ['core', 'companion', 'guide', 'deck', 'test', 'browser'],
}

function importsOf(room: string): Set<string> {
  const listed = ['ls-files', '--cached', '--others', '--exclude-standard', '--', room]
  const files = execFileSync('git', listed, { cwd: root, encoding: 'utf8' }).split('\n')
  const code = files.filter((file) => /\.([cm]?ts|[cm]?js)$/.test(file) && existsSync(at(file)))
  const imports =
    /(?:\bfrom |^import |\bimport\(|\brequire(?:\.resolve)?\()['"]([@\w][^'"\n]*)['"]/gm
  const modules = code.flatMap((file) =>
    [...readFileSync(at(file), 'utf8').matchAll(imports)].map((match) => match[1] as string),
  )
  const packages = modules.map((module) => /^(@[^/]+\/)?[^/]+/.exec(module)?.[0] as string)
  return new Set(packages.filter((name) => !/:/.test(name) && !builtinModules.includes(name)))
}

describe('imports come from the groups of the room', () => {
  test.each(Object.entries(rooms))('%s: %j', (room, groups) => {
    const listed = groups.flatMap(listOf)
    expect([...importsOf(room)].filter((name) => !listed.includes(name))).toEqual([])
  })

  test('the imports are found', () => {
    expect(importsOf('tools/companion')).toContain('chalk')
    expect(importsOf('test')).toContain('vitest')
  })
})

test('every group is brought by a command', () => {
  const table = readFileSync(at('tools', 'run.mjs'), 'utf8')
  const brought = new Set(
    [...table.matchAll(/packages: '([^']*)'/g)].flatMap(([, groups]) => groups?.split(' ')),
  )
  expect([...brought].sort()).toEqual(allGroups().sort())
})

describe('package-lock.json', () => {
  const lock = json('package-lock.json').packages as {
    [path: string]: { [key: string]: unknown; dependencies?: object; resolved?: string }
  }

  test.each(allGroups())('has the list of %s', (group) => {
    const place = group === 'core' ? '' : `tools/packages/${group}`
    expect(lock[place]?.dependencies).toEqual(json(place, 'package.json').dependencies)
  })

  test("has the packages' addresses, which saves npm half of what it would transfer", () => {
    const installed = Object.entries(lock).filter(([path]) => path.includes('node_modules/'))
    const without = installed.filter(([, { resolved }]) => !resolved).map(([path]) => path)
    expect(installed.length).toBeGreaterThan(100)
    expect(without).toEqual([])
  })

  test('has no package that must run a script to be installed', () => {
    // esbuild's only tests the binary that came along.
    const scripts = Object.keys(lock).filter((path) => lock[path]?.hasInstallScript)
    expect(scripts.filter((path) => !/esbuild|fsevents/.test(path))).toEqual([])
  })
})
