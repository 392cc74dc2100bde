// npm run test:nodes [-- VERSION…] [-- FILTER…]: the tests on several Nodes, each in a fresh clone.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { main, Problem, say, style, task } from '../../setup/terminal.mjs'
import { words } from '../../setup/words.mjs'
import { clone, type Verdict, verdict } from '../checkout'
import { cached, npmPackage } from '../packages'
import { type Detail, endOnSignals, run, start } from '../run'

const lines = ['20.19.0', '22', '24', '26']

type Row = Verdict & { version: string; seconds: number }

main(async () => {
  const argv = process.argv.slice(2)
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  const { positionals: versions } = words('usage: npm run test:nodes [-- VERSION…] [-- FILTER…]', {
    args: argv.slice(0, end),
    allowPositionals: true,
  })
  const wrong = versions.find((version: string) => !/^\d+(\.\d+){0,2}$/.test(version))
  if (wrong)
    throw new Problem(`"${wrong}" isn't a version of Node; filters come after another --`, 2)
  endOnSignals()
  const rows = await testAll(versions.length ? versions : lines, argv.slice(end + 1))
  console.log(table(rows))
  for (const { version, failures } of rows.filter((row) => row.failures.length))
    console.log(`\nNode ${version}\n${failures.join('\n')}`)
  if (rows.some((row) => row.status !== 0)) process.exitCode = 1
})

async function testAll(versions: string[], filters: string[]): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'test-nodes-'))
  try {
    const rows = []
    for (const version of versions) rows.push(await testNode(version, filters, folder))
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function testNode(wanted: string, filters: string[], folder: string): Promise<Row> {
  const begin = Date.now()
  const row = (version: string, verdict: Verdict) => ({
    version,
    ...verdict,
    seconds: Math.round((Date.now() - begin) / 1000),
  })
  try {
    const { node, version } = await task(`Fetching Node ${wanted}`, () => fetchNode(wanted))
    const checkout = join(folder, version)
    await clone(checkout)
    const tests = (detail: Detail) => runTests(dirname(node), checkout, filters, detail)
    return row(version, await task(`Running the tests on Node ${version}`, tests))
  } catch (error) {
    if ((error as Problem).status > 128) throw error // interrupted
    say(style('red', (error as Error).message))
    return row(wanted, { counts: 'not run', failures: [], status: 1 })
  }
}

/** Its path and exact version: `22` is the newest of that line in npm's registry. */
async function fetchNode(wanted: string): Promise<{ node: string; version: string }> {
  const spec = `node-linux-${process.arch}@${wanted}`
  const node = await npmPackage(spec, cached('nodes', wanted), 'bin/node')
  const { stdout } = await run([node, '-p', 'process.versions.node'])
  return { node, version: stdout.trim() }
}

/** All tests of a checkout, with the Node in the folder `bin`. */
async function runTests(
  bin: string,
  cwd: string,
  filters: string[],
  detail: Detail,
): Promise<Verdict> {
  const argv = [join(bin, 'node'), 'tools/run.mjs', 'test:all', ...filters]
  const { child, ended } = await start(argv, { cwd, env: environment(bin), extendEnv: false })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => detail(`${chunk}`.trimEnd().split('\n').at(-1) ?? ''))
  return verdict(await ended)
}

/** Without the variables of another npm, which say where that npm and its Node are. */
function environment(bin: string): NodeJS.ProcessEnv {
  const foreign = /^(npm_|NODE_(?!EXTRA_CA_CERTS)|INIT_CWD)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return { ...Object.fromEntries(kept), PATH: [bin, process.env.PATH].join(delimiter) }
}

function table(rows: Row[]): string {
  const cells = [
    ['Node', 'tests', 'status', 'seconds'],
    ...rows.map(({ version, counts, status, seconds }) =>
      [version, counts, status, seconds].map(String),
    ),
  ]
  const width = (column: number) => Math.max(...cells.map((row) => row[column].length))
  return cells.map((row) => row.map((cell, i) => cell.padEnd(width(i))).join('  ')).join('\n')
}
