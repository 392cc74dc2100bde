// npm run bench [-- OPTIONS]: what each step costs in time and memory, beside the same container in
// Go and other runtimes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { main, Problem, say } from '../../setup/terminal.mjs'
import { endOnSignals } from '../run'
import { others, stepsOn } from './candidates'
import { grow } from './growth'
import { machine } from './machine'
import { options, type Wanted } from './options'
import type { Candidate, Outcome } from './outcome'
import { watch } from './phases'
import { page, report } from './report'
import { svg } from './svg'
import { measure, tryAll } from './times'

main(async () => {
  const wanted = await options(process.argv.slice(2))
  if (process.getuid?.() !== 0)
    throw new Problem('The bench makes containers, which needs root: sudo npm run bench')
  const scratch = mkdtempSync(join(tmpdir(), 'containers-bench-'))
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  endOnSignals()
  const outcome = await observe(wanted, scratch)
  write(outcome, wanted)
  if (outcome.leftOut.some(({ kind }) => kind === 'step' || kind === 'tsx')) process.exitCode = 1
})

async function observe({ runs: wanted, sizes, names, nodes }: Wanted, scratch: string) {
  const all = [...nodes.flatMap((node) => stepsOn(node, names)), ...(await others(scratch))]
  const { working, leftOut } = await tryAll(all)
  const times = await measure(working, wanted, scratch)
  const results = await watch(working, times, Math.min(wanted, 9), scratch)
  const one = forOne(working, nodes[0].version)
  const more = sizes.filter((size) => size > 1)
  const growth = [...(await grow(one, [1])), ...(await grow(forMany(one), more))]
  return { machine: await machine(nodes), runs: times[0].length, results, leftOut, growth }
}

/** What stays on the host is the same Node with tsx and without it: each step once, on one Node. */
const forOne = (working: Candidate[], version: string) =>
  working.filter(
    ({ kind, node }) => kind !== 'start' && kind !== 'tsx' && (!node || node === version),
  )

/** Of the steps, the first with all mounts and the last. */
function forMany(all: Candidate[]) {
  const steps = all.filter(({ kind }) => kind === 'step')
  const chosen = [steps.find(({ name }) => name.startsWith('06')), steps.at(-1)]
  return all.filter((one) => one.kind === 'other' || chosen.includes(one))
}

function write(outcome: Outcome, { json, svg: picture, save }: Wanted) {
  const text = report(outcome, process.stdout.columns)
  if (json === '-') say(text)
  else console.log(text)
  if (json) writeFileSync(json === '-' ? 1 : json, `${JSON.stringify(outcome, null, 2)}\n`)
  if (picture) writeFileSync(picture, svg(outcome))
  if (save) {
    writeFileSync(save.picture, svg(outcome))
    writeFileSync(save.page, page(outcome, basename(save.picture)))
    say(`Saved as ${save.page}`)
  }
}
