// The machine and the programs that the figures were taken with.
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { find } from '../../setup/programs.mjs'
import { run } from '../run'

/** Names and values, in words. */
export async function machine(): Promise<string[][]> {
  const [cpu] = cpus()
  const head = await said(['git', '-c', 'safe.directory=*', 'rev-parse', '--short', 'HEAD'])
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))
  const rows = [
    ['date', new Date().toISOString().slice(0, 10)],
    ['commit', head.trim()],
    ['kernel', `Linux ${release()}, ${process.arch}`],
    ['distribution', system?.[1] ?? ''],
    ['processor', `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}`],
    ['memory', `${Math.round(totalmem() / 1024 ** 3)} GiB`],
    ['Node', process.versions.node],
    ['go', versionIn(await said(['go', 'version']))],
  ]
  for (const name of ['runc', 'crun', 'bwrap', 'unshare', 'hyperfine'])
    rows.push([name, versionIn(await said([name, '--version']))])
  return rows.filter(([, value]) => value)
}

async function said(argv: string[]): Promise<string> {
  if (!find(argv[0])) return ''
  const { status, stdout, stderr } = await run(argv)
  return status === 0 ? `${stdout}${stderr}` : ''
}

/** The first number with a point in it. */
const versionIn = (text: string) => /\d+\.\d[\w.+~-]*/.exec(text)?.[0] ?? ''
