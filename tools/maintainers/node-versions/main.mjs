// One Node after the other: fetched, tried in a clone of its own, and a row in a table.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { clone } from '../clone.mjs'
import { say, style, task } from '../../setup/terminal.mjs'
import { fetchNode } from './fetch.mjs'
import { runTests, stopTests } from './run.mjs'

export async function testNodes(versions, filters) {
  const folder = mkdtempSync(join(tmpdir(), 'test-nodes-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  let stopped = false
  const stop = async () => {
    stopped = true
    await stopTests()
    process.exit(130)
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, stop)
  const rows = []
  for (const version of versions) if (!stopped) rows.push(await testNode(version, filters, folder))
  if (stopped) return
  console.log(table(rows))
  for (const { version, failures } of rows.filter((row) => row.failures.length))
    console.log(`\nNode ${version}\n${failures.join('\n')}`)
  if (rows.some((row) => row.status !== 0)) process.exitCode = 1
}

async function testNode(wanted, filters, folder) {
  const start = Date.now()
  const ended = (outcome) => ({
    failures: [],
    ...outcome,
    seconds: Math.round((Date.now() - start) / 1000),
  })
  try {
    const { node, version } = await task(`Fetching Node ${wanted}`, () => fetchNode(wanted))
    const checkout = join(folder, version)
    clone(checkout)
    const outcome = await task(`Tests on Node ${version}`, (detail) =>
      runTests(dirname(node), checkout, filters, detail),
    )
    return ended({ version, ...outcome })
  } catch (error) {
    say(style('red', error.message))
    return ended({ version: wanted, counts: 'not run', status: 1 })
  }
}

function table(rows) {
  const cells = [
    ['Node', 'tests', 'status', 'seconds'],
    ...rows.map(({ version, counts, status, seconds }) => [
      version,
      counts,
      `${status}`,
      `${seconds}`,
    ]),
  ]
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  return cells
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  '))
    .join('\n')
}
