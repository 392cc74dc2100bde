// `doctor`: finds what would stop you, before the workshop. It works in a fresh clone, without
// packages and network, and on a Node that's too old for the rest. It changes nothing and asks for
// no password.
import { steps } from '../steps.mjs'
import { Problem, style } from '../terminal.mjs'
import { cgroups } from './checks/cgroups.mjs'
import { machine } from './checks/machine.mjs'
import { mounts } from './checks/mounts.mjs'
import { namespaces } from './checks/namespaces.mjs'
import { network } from './checks/network.mjs'
import { privileges } from './checks/privileges.mjs'
import { programs } from './checks/programs.mjs'
import { project } from './checks/project.mjs'
import { unknown } from './finding.mjs'

const help = `Usage: npm run doctor [-- --json]

Finds what would stop you on this machine, and says how to fix it. It changes nothing.

Options:
  --json      the findings, for programs
  -h, --help  this text

Examples:
  npm run doctor
  sudo -v; npm run doctor      lets it try what only root can, without asking for a password itself
  npm run doctor -- --json

Exit status: 0 every step can run here, 1 some can't, 2 a wrong command line.`

export async function doctor(args) {
  if (args.includes('--help') || args.includes('-h')) return console.log(help)
  const wrong = args.find((word) => word !== '--json')
  if (wrong !== undefined) throw new Problem(`doctor doesn't know ${wrong}.\n${help}`, 2)

  const findings = await examine()
  const outcomes = perStep(findings)
  const runnable = outcomes.every((step) => step.runs !== false)
  if (args.includes('--json'))
    console.log(JSON.stringify({ runnable, steps: outcomes, findings }, null, 2))
  else console.log(report(findings, outcomes).join('\n'))
  process.exitCode = runnable ? 0 : 1
}

/** One check after the other. If a check itself fails, that's a finding too. */
async function examine() {
  const found = []
  for (const check of [
    machine,
    privileges,
    namespaces,
    mounts,
    cgroups,
    network,
    programs,
    project,
  ]) {
    try {
      found.push(...(await check()))
    } catch (error) {
      const { message } = /** @type {Error} */ (error)
      found.push(unknown(check.name, undefined, `couldn't be checked: ${message}`))
    }
    // The other checks are about Linux.
    if (process.platform !== 'linux') break
  }
  return found
}

/** Which steps can run here; null if that couldn't be tried. */
function perStep(findings) {
  return steps().map((step, index) => {
    const stands = findings.filter(({ from }) => from !== undefined && index + 1 >= from)
    const stopping = stands.filter(({ state }) => state === 'failure').map(({ name }) => name)
    const unknown = stands.some(({ state }) => state === 'unknown')
    return { step, runs: stopping.length ? false : unknown ? null : true, stopped_by: stopping }
  })
}

const signs = {
  ok: ['green', '✔'],
  note: ['dim', 'i'],
  warning: ['yellow', '!'],
  failure: ['red', '✖'],
  unknown: ['yellow', '?'],
}

function report(findings, steps) {
  const order = ['ok', 'note', 'unknown', 'warning', 'failure']
  const sorted = [...findings].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  const room = Math.max(...findings.map(({ name }) => name.length))
  return [
    ...sorted.flatMap((finding) => lines(finding, room)),
    '',
    ...summary(steps),
    '',
    ...verdict(findings, steps),
  ]
}

function lines({ name, state, saw, fix }, room) {
  const [colour, sign] = signs[state]
  const indent = ' '.repeat(room + 4)
  const text = [
    `${style(colour, sign)} ${name.padEnd(room)}  ${saw.split('\n').join(`\n${indent}`)}`,
  ]
  return fix ? [...text, ...fix.split('\n').map((line) => indent + style('bold', line))] : text
}

function summary(steps) {
  const sign = ({ runs }) =>
    runs === false ? signs.failure : runs === null ? signs.unknown : signs.ok
  const room = Math.max(...steps.map(({ step }) => step.length))
  return steps.map((one) => {
    const why = one.stopped_by.length ? `  stopped by: ${one.stopped_by.join(', ')}` : ''
    return `${style(...sign(one))} ${one.step.padEnd(room)}${why}`
  })
}

function verdict(findings, steps) {
  const stopped = steps.filter(({ runs }) => runs === false).length
  if (stopped === steps.length)
    return ["No step can run here yet. Fix what's marked ✖, and run this again."]
  if (stopped)
    return [
      `${steps.length - stopped} of ${steps.length} steps can run here. Fix what's marked ✖, and run this again.`,
    ]
  if (findings.some(({ state }) => state === 'unknown'))
    return [
      "Nothing found would stop a step, but not everything could be tried: see what's marked ?.",
    ]
  return ['All steps can run here.']
}
