// npm run bench [-- OPTIONS]: what each step costs in time and memory, beside the same container in
// Go and other runtimes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main, Problem } from '../../setup/terminal.mjs'
import { endOnSignals } from '../run'
import { others, stepsOn } from './candidates'
import { grow } from './growth'
import { machine } from './machine'
import { options, type Wanted } from './options'
import type { Candidate } from './outcome'
import { watch } from './phases'
import { page, report } from './report'
import { measure, tryAll } from './times'

main(async () => {
  const wanted = options(process.argv.slice(2))
  if (process.getuid?.() !== 0)
    throw new Problem('The bench makes containers, which needs root: sudo npm run bench')
  const scratch = mkdtempSync(join(tmpdir(), 'containers-bench-'))
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  endOnSignals()
  const outcome = await observe(wanted, scratch)
  console.log(wanted.json ? JSON.stringify(outcome, null, 2) : report(outcome))
  if (wanted.save) writeFileSync(join(import.meta.dirname, 'results.md'), page(outcome))
  if (outcome.leftOut.some(({ kind }) => kind === 'step' || kind === 'tsx')) process.exitCode = 1
})

async function observe({ rounds, sizes, steps, nodes }: Wanted, scratch: string) {
  const all = [...nodes.flatMap((node) => stepsOn(node, steps)), ...(await others(scratch))]
  const { working, leftOut } = await tryAll(all)
  const times = await measure(working, rounds, scratch)
  const results = await watch(working, times, Math.min(rounds, 9), scratch)
  const growth = await grow(forMany(working), sizes)
  return { machine: await machine(nodes), runs: times[0].length, results, leftOut, growth }
}

/** Of the steps, the first with all mounts and the last, on the first Node. */
function forMany(all: Candidate[]) {
  const steps = all.filter(({ kind, node }) => kind === 'step' && node === process.versions.node)
  const chosen = [steps.find(({ name }) => name.startsWith('06')), steps.at(-1)]
  return all.filter((one) => one.kind === 'other' || chosen.includes(one))
}
