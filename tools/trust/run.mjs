// Starts a TypeScript program of this folder as root.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { at } from '../lib/project.mjs'
import { asRoot } from '../lib/root.mjs'

export function runTrust(program, options) {
  const loader = ['--require', createRequire(import.meta.url).resolve('tsx/cjs')]
  const node = [process.execPath, ...loader, at('tools', 'trust', program), JSON.stringify(options)]
  const [file, ...args] = asRoot(node)
  const { status, error } = spawnSync(file, args, { stdio: 'inherit' })
  if (error) throw error
  process.exitCode = status ?? 130
}
