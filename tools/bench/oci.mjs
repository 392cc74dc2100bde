// runc and crun: a bundle for them, and nothing left of their containers.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../lib/programs.mjs'
import { rootfs } from './candidates.mjs'

export function ociRuntimes(scratch) {
  return ['runc', 'crun'].filter(find).map((runtime) => {
    const bundle = join(scratch, runtime)
    const state = join(bundle, 'state')
    const id = `bench-${process.pid}`
    makeBundle(runtime, bundle)
    process.on('exit', () => remove(runtime, state, id))
    return {
      kind: 'other',
      name: `${runtime} run`,
      command: [runtime, '--root', state, 'run', '--bundle', bundle, id],
    }
  })
}

// The runtime's own default, but for the root, the command, and no terminal.
function makeBundle(runtime, bundle) {
  mkdirSync(bundle)
  execFileSync(runtime, ['spec'], { cwd: bundle })
  const file = join(bundle, 'config.json')
  const config = JSON.parse(readFileSync(file, 'utf8'))
  config.process = { ...config.process, terminal: false, args: ['/bin/true'] }
  config.root = { path: rootfs, readonly: true }
  writeFileSync(file, JSON.stringify(config))
}

// A container that ended removed itself, with its cgroup; this is for one that was interrupted.
function remove(runtime, state, id) {
  if (!existsSync(join(state, id))) return
  try {
    execFileSync(runtime, ['--root', state, 'delete', '--force', id], { stdio: 'ignore' })
  } catch {} // it removed itself in between
}
