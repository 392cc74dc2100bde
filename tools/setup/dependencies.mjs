// The npm packages: present means what package-lock.json says is what node_modules has.
import { existsSync, readFileSync } from 'node:fs'
import { find, quiet } from './programs.mjs'
import { at } from './project.mjs'
import { Problem, task } from './terminal.mjs'

export function areDependenciesInstalled() {
  const installed = read('node_modules/.package-lock.json')
  if (!installed) return false
  return Object.entries(read('package-lock.json') ?? {}).every(([path, wanted]) => {
    if (path === '' || !isForThisMachine(wanted)) return true
    return installed[path]?.version === wanted.version && existsSync(at(path, 'package.json'))
  })
}

// npm writes this file last, so it is not there after an interrupted installation.
function read(file) {
  try {
    return JSON.parse(readFileSync(at(file), 'utf8')).packages
  } catch {
    return undefined
  }
}

// A checkout shared with another machine may hold that machine's binaries. Which libc is not worth finding out here,
// and an optional package that names no system belongs to one that does.
function isForThisMachine({ optional, os, cpu, libc }) {
  if (!optional) return true
  return Boolean(os?.includes(process.platform) && cpu?.includes(process.arch) && !libc)
}

export async function installDependencies() {
  const [file, ...before] = npm()
  const options = [
    '--include=dev',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--loglevel=error',
  ]
  await task('Installing the npm packages', (detail) =>
    quiet(file, [...before, 'ci', ...options], detail).catch((error) => {
      throw new Problem(
        `${error.message}\nThis step needs the network, once. Run this again to go on.`,
      )
    }),
  )
}

// When npm started this, the same npm does it.
function npm() {
  const own = process.env.npm_execpath
  if (own?.endsWith('npm-cli.js') && existsSync(own)) return [process.execPath, own]
  const path = find('npm')
  if (!path) throw new Problem('npm was not found. It comes with Node: https://nodejs.org')
  return [path]
}
