// npm run test:faults: every system call that a step makes, made to fail, one at a time.
import { Command } from 'commander'
import { parseOptions, wholeNumber } from '../../tools/setup/options.mjs'
import { steps } from '../../tools/setup/steps.mjs'
import { main, Problem, say, task } from '../../tools/setup/terminal.mjs'
import { removeWork } from '../harness/work'
import { errors, type Finding, Lab, plan } from './faults'
import { isBad, matrix, story } from './report'

type Detail = (text: string) => void
type Options = {
  errors: string
  thorough: boolean
  place: string
  parallel: number
  call: string
  all: boolean
}

const command = new Command('npm run test:faults --')
  .description('Makes each system call of a step fail, one at a time, on a host of its own.')
  .argument('[step...]', 'names, or their numbers; all by default')
  .option('--errors <names>', 'separated by commas; KILL kills instead', errors.join())
  .option('--thorough', 'every call with every error, not one in turn for those that differ', false)
  .option('--place <pattern>', 'only at places such as run, exec, child, wait, helper 1', '')
  .option('--call <pattern>', 'only calls such as openat', '')
  .option('--all', 'prints the good cases too', false)
  .option('--parallel <number>', 'how many hosts at the same time', wholeNumber(), 2)

main(async () => {
  const { args } = parseOptions(command, process.argv.slice(2))
  const options = command.opts<Options>()
  const wanted = steps().filter(
    (step) => args.length === 0 || args.some((word: string) => isNamed(step, word)),
  )
  if (wanted.length === 0) throw new Problem(`There's no step ${args.join(', ')}.`)
  const rows: [string, Finding[]][] = []
  try {
    for (const step of wanted)
      rows.push([step, await task(step, (detail: Detail) => tryAll(step, options, detail))])
  } finally {
    removeWork()
  }
  console.log(matrix(rows))
  const bad = rows.flatMap(([, findings]) => findings).filter(isBad).length
  if (bad > 0) throw new Problem(`${bad} cases aren't as they should be: see above.`)
  say('Each fault was answered by a sentence, or had no effect; the host is as before.')
})

function isNamed(step: string, word: string): boolean {
  return step === word || Number.parseInt(step, 10) === Number(word)
}

/** Shares the faults of a step among several hosts. */
async function tryAll(step: string, options: Options, detail: Detail): Promise<Finding[]> {
  const labs = Array.from({ length: options.parallel }, () => new Lab(step))
  try {
    for (const lab of labs) await lab.renew()
    const found = await (labs[0] as Lab).calls()
    const faults = plan(found, options.errors.split(','), options.thorough).filter(
      ({ place, call }) =>
        new RegExp(options.place).test(place) && new RegExp(options.call).test(call),
    )
    const count = faults.length
    const findings: Finding[] = []
    const work = async (lab: Lab) => {
      for (let fault = faults.shift(); fault; fault = faults.shift()) {
        const finding = await lab.try(fault)
        if (options.all || isBad(finding)) console.log(story(step, finding))
        findings.push(finding)
        detail(`${findings.length} of ${count}`)
      }
    }
    await Promise.all(labs.map(work))
    return findings
  } finally {
    for (const lab of labs) await lab.close()
  }
}
