// What's fetched once for all checkouts of a user: kernels, other Nodes, compilers.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { succeeds } from './run'

const home = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')

export const cached = (...parts: string[]) => join(home, 'containers-from-scratch-ts', ...parts)

/**
 * Fetches an npm package, whatever processor it is for, into a folder of the cache. Gives the path
 * of one of its files. An exact version never changes, so it's fetched once. Of a line of versions
 * there may be a newer one; without network, the last one will do.
 */
export async function npmPackage(spec: string, folder: string, file: string): Promise<string> {
  const name = spec.slice(0, spec.lastIndexOf('@'))
  const path = join(folder, 'node_modules', name, file)
  const isExact = /@\d+\.\d+\.\d+$/.test(spec)
  if (isExact && existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--force']
  await succeeds(['npm', 'install', ...options, '--prefix', folder, spec]).catch((error) => {
    if (!existsSync(path)) throw error
  })
  return path
}
