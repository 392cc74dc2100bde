// runc and crun: a bundle for each command, and nothing left of their containers.
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { rootfs } from './candidates.mjs'

export function ociRuntimes(scratch) {
  return ['runc', 'crun'].filter(find).map((runtime) => {
    const folder = mkdtempSync(join(scratch, runtime))
    const state = join(folder, 'state')
    const bundles = new Map()
    const bundleOf = (argv) => {
      const key = argv.join('\0')
      if (!bundles.has(key))
        bundles.set(key, makeBundle(runtime, join(folder, `bundle${bundles.size}`), argv))
      return bundles.get(key)
    }
    process.on('exit', () => removeAll(runtime, state))
    return {
      kind: 'other',
      what: `${runtime} run`,
      name: `${runtime} run`,
      command: (argv, id = 0) => {
        const container = `bench-${process.pid}-${id}`
        return [runtime, '--root', state, 'run', '--bundle', bundleOf(argv), container]
      },
    }
  })
}

// The runtime's own default, but for the root, the command, and no terminal.
function makeBundle(runtime, bundle, args) {
  mkdirSync(bundle)
  execFileSync(runtime, ['spec'], { cwd: bundle })
  const file = join(bundle, 'config.json')
  const config = JSON.parse(readFileSync(file, 'utf8'))
  config.process = { ...config.process, terminal: false, args }
  config.root = { path: rootfs, readonly: true }
  writeFileSync(file, JSON.stringify(config))
  return bundle
}

// A container that ended removed itself, with its cgroup; this is for those that were interrupted.
function removeAll(runtime, state) {
  if (!existsSync(state)) return
  for (const id of readdirSync(state)) {
    try {
      execFileSync(runtime, ['--root', state, 'delete', '--force', id], { stdio: 'ignore' })
    } catch {} // it removed itself in between
  }
}
