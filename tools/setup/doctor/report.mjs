// What the doctor found, for people: as wide as their terminal.
import { style } from '../terminal.mjs'
import { onlyRoot, unknown } from './finding.mjs'

const signs = {
  ok: ['green', '✔'],
  note: ['dim', 'i'],
  unknown: ['yellow', '?'],
  warning: ['yellow', '!'],
  failure: ['red', '✖'],
}

const columns = () => (process.stdout.columns ? Math.min(process.stdout.columns, 100) : Infinity)

/** The worst comes last, where you look first. */
export function report(findings, steps, width = columns()) {
  const order = Object.keys(signs)
  const sorted = together(findings).sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  const room = Math.max(...sorted.map(({ name }) => name.length))
  return [
    ...sorted.flatMap((finding) => lines(finding, room, width)),
    '',
    ...summary(steps),
    '',
    ...wrap(verdict(findings, steps), width),
  ]
}

/** What only root can try is one finding. */
function together(findings) {
  const untried = findings.filter(({ saw }) => saw === onlyRoot)
  if (untried.length === 0) return [...findings]
  const saw = `${onlyRoot}: ${untried.map(({ name }) => name).join(', ')}`
  const rest = findings.filter(({ saw }) => saw !== onlyRoot)
  return [...rest, unknown('not tried', undefined, saw, 'sudo -v; npm run doctor')]
}

function lines({ name, state, saw, fix }, room, width) {
  const [colour, sign] = signs[state]
  const beside = width - room - 4 >= 40
  const indent = ' '.repeat(beside ? room + 4 : 4)
  const fill = (text) => text.split('\n').flatMap((line) => wrap(line, width - indent.length))
  const [first, ...rest] = fill(saw)
  const head = `${style(colour, sign)} ${name.padEnd(beside ? room : 0)}`
  const fixes = fix ? fix.split('\n').flatMap((line) => (isCommand(line) ? line : fill(line))) : []
  return [
    ...(beside ? [`${head}  ${first}`] : [head, indent + first]),
    ...rest.map((line) => indent + line),
    ...fixes.map((line) => indent + style('bold', line)),
  ]
}

// To be copied: the terminal breaks it where it likes.
const isCommand = (line) => /^(sudo|npm|unset|export) /.test(line)

/** Breaks a line between words. A longer word stays whole. */
function wrap(line, width) {
  const [first = '', ...words] = line.split(' ')
  const found = [first]
  for (const word of words) {
    const longer = `${found[found.length - 1]} ${word}`
    if (longer.length <= width) found[found.length - 1] = longer
    else found.push(word)
  }
  return found
}

function summary(steps) {
  const room = Math.max(...steps.map(({ step }) => step.length))
  return steps.map((one) => {
    const [sign, why] = about(one)
    return `${style(...sign)} ${one.step.padEnd(room)}  ${why}`.trimEnd()
  })
}

function about({ runs, likely, stopped_by }) {
  if (runs === false) return [signs.failure, `stopped by: ${stopped_by.join(', ')}`]
  if (runs) return [signs.ok, '']
  return likely ? [signs.ok, 'as far as can be seen without root'] : [signs.unknown, '']
}

function verdict(findings, steps) {
  const stopped = steps.filter(({ runs }) => runs === false).length
  const again = "Fix what's marked ✖, and run this again."
  if (stopped === steps.length) return `No step can run here yet. ${again}`
  if (stopped) return `${steps.length - stopped} of ${steps.length} steps can run here. ${again}`
  const unknown = findings.filter(({ state }) => state === 'unknown')
  if (unknown.length === 0) return 'All steps can run here.'
  const isLikely = steps.every(({ runs, likely }) => runs || likely)
  if (isLikely && unknown.every(({ saw }) => saw === onlyRoot))
    return 'All steps can run here, as far as can be seen without root.'
  return "Nothing found would stop a step, but not everything could be tried: see what's marked ?."
}
