// npm run test:nodes [-- VERSION…] [-- FILTER…]: the tests on several Nodes, each in a fresh clone.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { main, Problem } from '../../setup/terminal.mjs'
import { words } from '../../setup/words.mjs'
import { attemptAll } from '../attempts'
import { clone, greenCounts } from '../checkout'
import { cached, npmPackage } from '../packages'
import { type Detail, type Ended, endOnSignals, run, start } from '../run'

const lines = ['20.19.0', '22', '24', '26']

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
  const folder = mkdtempSync(join(tmpdir(), 'test-nodes-'))
  try {
    await attemptAll(versions.length ? versions : lines, async (wanted, detail) => {
      const { node, version } = await fetchNode(wanted)
      const checkout = join(folder, version)
      await clone(checkout)
      const ended = await runTests(dirname(node), checkout, argv.slice(end + 1), detail)
      return `Node ${version}: ${greenCounts(ended)}`
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

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
): Promise<Ended> {
  const argv = [join(bin, 'node'), 'tools/run.mjs', 'test:all', ...filters]
  const { child, ended } = await start(argv, { cwd, env: environment(bin), extendEnv: false })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => detail(`${chunk}`.trimEnd().split('\n').at(-1) ?? ''))
  return ended
}

/** Without the variables of another npm, which say where that npm and its Node are. */
function environment(bin: string): NodeJS.ProcessEnv {
  const foreign = /^(npm_|NODE_(?!EXTRA_CA_CERTS)|INIT_CWD)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return { ...Object.fromEntries(kept), PATH: [bin, process.env.PATH].join(delimiter) }
}
