// `doctor`: finds what would stop you, before the workshop. It works in a fresh clone, without
// packages and network, and on a Node that's too old for the rest. It changes nothing and asks for
// no password.
import { isRoot } from '../root.mjs'
import { needsRoot, steps } from '../steps.mjs'
import { page } from '../pager.mjs'
import { Problem } from '../terminal.mjs'
import { cgroups } from './checks/cgroups.mjs'
import { firewall } from './checks/firewall.mjs'
import { machine } from './checks/machine.mjs'
import { mounts } from './checks/mounts.mjs'
import { namespaces } from './checks/namespaces.mjs'
import { network } from './checks/network.mjs'
import { privileges } from './checks/privileges.mjs'
import { programs } from './checks/programs.mjs'
import { project } from './checks/project.mjs'
import { rootfs } from './checks/rootfs.mjs'
import { seccomp } from './checks/seccomp.mjs'
import { users } from './checks/users.mjs'
import { onlyRoot, unknown } from './finding.mjs'
import { report } from './report.mjs'

const help = `Usage: npm run doctor [-- --json]

Finds what would stop you on this machine, and says how to fix it. It changes nothing.

Options:
  --json      the findings, for programs
  -h, --help  this text

Examples:
  npm run doctor
  sudo -v; npm run doctor      lets it try what only root can
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
  else await page(report(findings, outcomes).join('\n'), { end: true })
  process.exitCode = runnable ? 0 : 1
}

const checks = [
  machine,
  privileges,
  namespaces,
  mounts,
  seccomp,
  cgroups,
  network,
  firewall,
  programs,
  users,
  project,
  rootfs,
]

/** One check after the other. If a check itself fails, that's a finding too. */
async function examine() {
  const found = []
  for (const check of checks) {
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
  const isThere = (wanted) => findings.some(({ name }) => name === wanted)
  const isOk = (wanted) => findings.some(({ name, state }) => name === wanted && state === 'ok')
  const canBeRootInside = isOk('user namespaces')
  const hasPower = isOk('root') && isOk('capabilities') && !isThere('user namespace')
  return steps().map((step, index) => {
    const asRoot = isRoot() || !canBeRootInside || needsRoot(`steps/${step}/main.ts`)
    const stands = findings.filter(
      ({ from, name, saw }) =>
        from !== undefined &&
        index + 1 >= from &&
        (asRoot || (name !== 'root' && saw !== onlyRoot)),
    )
    const stopping = stands.filter(({ state }) => state === 'failure').map(({ name }) => name)
    const unknown = stands.filter(({ state }) => state === 'unknown')
    return {
      step,
      runs: stopping.length ? false : unknown.length ? null : true,
      // Root may do all that is left to try.
      likely: hasPower && unknown.every(({ saw }) => saw === onlyRoot),
      stopped_by: stopping,
    }
  })
}
