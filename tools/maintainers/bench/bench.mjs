// Everything that is measured, in turn, and where the outcome goes.
import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { say } from '../../setup/terminal.mjs'
import { others, stepsOn } from './candidates.mjs'
import { grow } from './growth.mjs'
import { machine } from './machine.mjs'
import { observePhases } from './phases.mjs'
import { page, report } from './report.mjs'
import { measure } from './rounds.mjs'
import { withScratch } from './scratch.mjs'
import { svg } from './svg.mjs'

export async function bench(wanted) {
  await withScratch(async (scratch) => {
    const outcome = await observe(wanted, scratch)
    write(outcome, wanted)
    if (outcome.leftOut.some(({ kind }) => kind === 'step' || kind === 'tsx')) process.exitCode = 1
  })
}

async function observe({ rounds: wanted, sizes, names, nodes }, scratch) {
  const candidates = [...nodes.flatMap((node) => stepsOn(node, names)), ...(await others(scratch))]
  const { working, results, leftOut, rounds } = await measure(candidates, wanted, scratch)
  const steps = working.filter(({ kind }) => kind === 'step' || kind === 'tsx')
  const phases = await observePhases(steps, Math.min(wanted, 9), scratch)
  const growth = [
    ...(await grow(onlyOne(working, nodes), [1])),
    ...(await grow(
      many(working, nodes),
      sizes.filter((size) => size > 1),
    )),
  ]
  return { machine: machine(nodes), rounds, results, leftOut, phases, growth }
}

// What stays is the same Node however it was started, and so is what of it grows.
const onlyOne = (working, [{ version }]) =>
  working.filter(
    ({ kind, node }) => kind !== 'start' && kind !== 'tsx' && (!node || node === version),
  )

function many(working, nodes) {
  const all = onlyOne(working, nodes)
  const steps = all.filter(({ kind }) => kind === 'step')
  const chosen = [steps.find(({ what }) => what.startsWith('06')), steps.at(-1)]
  return all.filter((one) => one.kind === 'other' || chosen.includes(one))
}

function write(outcome, { json, svg: picture, save }) {
  const text = report(outcome, process.stdout.columns)
  if (json === '-') say(text)
  else console.log(text)
  if (json) writeFileSync(json === '-' ? 1 : json, `${JSON.stringify(outcome, null, 2)}\n`)
  if (picture) writeFileSync(picture, svg(outcome))
  if (save) {
    writeFileSync(save.picture, svg(outcome))
    writeFileSync(save.page, page(outcome, basename(save.picture)))
    say(`Kept as ${save.page}`)
  }
}
