// npm run test:vm [-- OPTIONS] [-- FILTER…]: the tests on another kernel, with the cgroups you
// want, in a QEMU that sees this machine's files.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { parseOptions, wholeNumber } from '../../setup/options.mjs'
import { main, say, style } from '../../setup/terminal.mjs'
import { endOnSignals } from '../run'
import { freeze } from './freeze'
import { type Cgroups, writeGuest } from './guest'
import { kernelOf } from './kernel'
import { accelerator, boot } from './qemu'

export type Wanted = {
  kernel: string
  cgroup: Cgroups
  minutes: number
  filters: string[]
}

main(async () => {
  const wanted = options(process.argv.slice(2))
  const accel = accelerator()
  endOnSignals()
  const kernel = await kernelOf(wanted.kernel)
  const folder = mkdtempSync(join(tmpdir(), 'test-vm-'))
  try {
    await freeze(folder)
    await writeGuest(folder, kernel, { ...wanted, slowness: accel === 'tcg' ? 8 : 2 })
    const { status, seconds } = await boot(folder, kernel, { ...wanted, accel })
    const how = `Linux ${kernel.release}, cgroup ${wanted.cgroup}, ${accel}`
    say(style('dim', `${how}: status ${status}, ${seconds} s`))
    process.exitCode = status
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

function options(argv: string[]): Wanted {
  const cgroup = new Option('--cgroup <kind>', 'what is mounted').choices(['v1', 'hybrid', 'v2'])
  const command = new Command('npm run test:vm --')
    .description("The tests on another kernel, in QEMU, with this machine's programs.")
    .usage('[options] [-- filter...]')
    .argument('[filter...]', "test files and vitest's options; all tests by default")
    .option('--kernel <version>', "Debian's kernel of this version; by default the current one", '')
    .addOption(cgroup.default('v2'))
    .option('--minutes <number>', 'after this time it is switched off', wholeNumber(), 60)
  parseOptions(command, argv)
  return { ...command.opts(), filters: command.args } as Wanted
}
