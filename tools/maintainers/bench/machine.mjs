// Where and with what the figures were taken.
import { spawnSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { readFileSync } from 'node:fs'
import { find } from '../../setup/programs.mjs'

/** Names and values, in words. */
export function machine(nodes, commit = head()) {
  const [cpu] = cpus()
  return [
    ['date', new Date().toISOString().slice(0, 10)],
    ['commit', commit],
    ['kernel', `Linux ${release()}, ${process.arch}`],
    ['distribution', distribution()],
    ['processor', `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}`],
    ['memory', `${Math.round(totalmem() / 1024 ** 3)} GiB`],
    ['Node', nodes.map(({ version }) => version).join(', ')],
    ...tools.flatMap(([name, ...words]) => (find(name) ? [[name, version(name, words)]] : [])),
  ].filter(([, value]) => value)
}

const tools = [
  ['go', 'version'],
  ['runc', '--version'],
  ['crun', '--version'],
  ['bwrap', '--version'],
  ['unshare', '--version'],
]

// The first number with a point in the first line that has one.
function version(name, words) {
  const { stdout, stderr } = spawnSync(name, words, { encoding: 'utf8' })
  return /\d+\.\d[\w.+~-]*/.exec(`${stdout}${stderr}`)?.[0]
}

function distribution() {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

function head() {
  const { status, stdout } = spawnSync(
    'git',
    ['-c', 'safe.directory=*', 'rev-parse', '--short', 'HEAD'],
    {
      encoding: 'utf8',
    },
  )
  return status === 0 ? stdout.trim() : undefined
}
