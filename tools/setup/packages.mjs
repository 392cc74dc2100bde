// The npm packages, in groups: a command brings the groups it needs. The root package.json lists
// core; the others are workspaces, tools/packages/NAME, with a list of packages and no code. One
// lock file has them all, and npm can add a group to node_modules without touching the others.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { find, quiet } from './programs.mjs'
import { at } from './project.mjs'
import { Problem, task } from './terminal.mjs'

export const allGroups = () => ['core', ...readdirSync(at('tools', 'packages'))]

/** Those of the groups that aren't installed as package-lock.json says. */
export function missingGroups(groups) {
  const lock = read('package-lock.json')
  const installed = read('node_modules/.package-lock.json')
  return groups.filter((group) =>
    packagesOf(group, lock).some(
      (path) =>
        installed[path]?.version !== lock[path].version || !existsSync(at(path, 'package.json')),
    ),
  )
}

function read(file) {
  try {
    return JSON.parse(readFileSync(at(file), 'utf8')).packages
  } catch {
    return {}
  }
}

/** The paths of the packages in a group, and of all they depend on. */
function packagesOf(group, lock) {
  const found = new Set()
  const queue = [group === 'core' ? '' : `tools/packages/${group}`]
  for (const from of queue)
    for (const name of dependenciesOf(lock[from])) {
      const path = resolve(name, from, lock)
      if (path === undefined || found.has(path) || !isForThisMachine(lock[path])) continue
      found.add(path)
      queue.push(path)
    }
  return [...found]
}

/** The paths of all packages in the groups. */
export function packagePaths(groups) {
  const lock = read('package-lock.json')
  return [...new Set(groups.flatMap((group) => packagesOf(group, lock)))]
}

function dependenciesOf(entry) {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = entry
  const peers = Object.keys(peerDependencies ?? {})
  return [
    ...Object.keys({ ...dependencies, ...optionalDependencies }),
    ...peers.filter((name) => !peerDependenciesMeta?.[name]?.optional),
  ]
}

/** Where a package finds another: in its own folder or in one above, as in Node. */
function resolve(name, from, lock) {
  const path = `${from && `${from}/`}node_modules/${name}`
  if (path in lock) return path
  return from ? resolve(name, from.slice(0, Math.max(from.lastIndexOf('/'), 0)), lock) : undefined
}

// A checkout shared with another machine may hold that machine's binaries. Finding out which libc
// this is isn't worth it, and an optional package that names no system belongs to one that does.
function isForThisMachine({ optional, os, cpu, libc }) {
  if (!optional) return true
  return Boolean(os?.includes(process.platform) && cpu?.includes(process.arch) && !libc)
}

export async function installPackages(groups) {
  removeHalfInstalled(groups)
  const [file, ...before] = npm()
  const argv = [...before, 'install', ...options, ...selection(groups)]
  await task(`Installing npm packages: ${groups.join(', ')}`, (detail) =>
    quiet(file, argv, detail).catch((error) => {
      throw new Problem(`${error.message}\nThis needs the network once. Then run it again.`)
    }),
  )
  const still = missingGroups(groups)
  if (still.length)
    throw new Problem(
      `npm reported no error, but packages of ${still.join(', ')} are missing or aren't those of package-lock.json. A setting of npm may be the reason: npm config list`,
    )
}

// An installation that was killed leaves packages with a part of their files, and npm takes them
// for whole ones. What isn't in npm's record goes.
function removeHalfInstalled(groups) {
  const lock = read('package-lock.json')
  const installed = read('node_modules/.package-lock.json')
  for (const path of groups.flatMap((group) => packagesOf(group, lock)))
    if (installed[path]?.version !== lock[path].version)
      rmSync(at(path), { recursive: true, force: true })
}

// Against what a user's own settings may say: they would leave packages out or the lock file aside.
const options = [
  ...['--include=optional', '--include=dev', '--include=peer', '--no-legacy-peer-deps'],
  ...['--package-lock', '--no-package-lock-only', '--no-save', '--no-dry-run'],
  ...['--no-global', '--location=project'],
  ...['--install-strategy=hoisted', '--bin-links', '--ignore-scripts', '--prefer-offline'],
  ...['--no-audit', '--no-fund', '--no-progress', '--no-update-notifier', '--loglevel=error'],
]

function selection(groups) {
  const workspaces = groups.filter((group) => group !== 'core')
  if (workspaces.length === 0) return ['--workspaces=false']
  return [
    '--workspaces',
    ...workspaces.map((group) => `--workspace=tools/packages/${group}`),
    `--include-workspace-root=${groups.includes('core')}`,
  ]
}

/** The npm that started this, or the one in PATH. */
function npm() {
  const own = process.env.npm_execpath
  if (own?.endsWith('npm-cli.js') && existsSync(own)) return [process.execPath, own]
  const path = find('npm')
  if (!path) throw new Problem("There's no npm here. It comes with Node: https://nodejs.org")
  return [path]
}
