// The table of what the containers of step 10 and of part two stop, from the tests that try.
import { outcomeOf, triedFrom, triedRootless } from '../../test/escapes/probe'
import { probes } from '../../test/escapes/probes'

export function probesTable(): string {
  const steps = [...triedFrom(), ...triedRootless()]
  const head = [
    'what is tried',
    ...triedFrom().map((step) => `step ${numberOf(step)}`),
    ...triedRootless().map((step) => `step ${numberOf(step)}, no root`),
    'why',
    'what stops it',
  ]
  const stopped = steps.map(
    (step) => `**${probes.filter((probe) => outcomeOf(probe, step) === 'stopped').length}**`,
  )
  const sum = [`**stopped, of ${probes.length}**`, ...stopped, '', '']
  const rows = probes.map((probe) => {
    const [step, how] = probe.stoppedBy
    const outcomes = steps.map((each) => outcomeOf(probe, each))
    return [probe.name, ...outcomes, probe.why, `step ${numberOf(`${step}`)}: ${how}`].map(cell)
  })
  // Not padded: the sentences are too long for that.
  return [head, head.map(() => '---'), ...rows, sum]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

const numberOf = (step: string) => `${Number.parseInt(step, 10)}`.padStart(2, '0')

const cell = (text: string) =>
  text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')
