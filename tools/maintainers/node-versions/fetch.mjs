// A Node of another version, from npm's registry: the packages that `npm install node` takes it from.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached } from '../cache.mjs'
import { quiet } from '../../setup/programs.mjs'

/** Its path and exact version: `22` is the newest of that line which the registry has. */
export async function fetchNode(wanted) {
  const folder = cached('nodes', wanted)
  const node = join(folder, 'node_modules', name, 'bin', 'node')
  // A whole version never changes; of a line, a newer one may have come.
  if (!existsSync(node) || wanted.split('.').length < 3)
    await install(wanted, folder).catch(orThere(node))
  const version = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()
  return { node, version }
}

const name = `node-linux-${process.arch}`

function install(wanted, folder) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const options = [
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--loglevel=error',
    '--prefix',
    folder,
  ]
  return quiet('npm', ['install', ...options, `${name}@${wanted}`])
}

// Without network, the one of last time will do.
const orThere = (node) => (error) => {
  if (!existsSync(node)) throw error
}
