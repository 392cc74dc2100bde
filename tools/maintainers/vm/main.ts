// npm run test:vm [-- OPTIONS] [-- FILTER…]: the tests on another kernel, with the cgroups you
// want, in a QEMU that sees this machine's files.
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
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
  ownStep: boolean
  shell: boolean
  cpus: number
  memory: number
  minutes: number
  slowness?: number
  accel?: 'kvm' | 'tcg'
  filters: string[]
}

main(async () => {
  const wanted = options(process.argv.slice(2))
  const accel = wanted.accel ?? accelerator()
  const slowness = wanted.slowness ?? (accel === 'tcg' ? 8 : 2)
  endOnSignals()
  const kernel = await kernelOf(wanted.kernel)
  const folder = mkdtempSync(join(tmpdir(), 'test-vm-'))
  try {
    await freeze(folder)
    await writeGuest(folder, kernel, { ...wanted, slowness })
    const { status, seconds } = await boot(folder, kernel, { ...wanted, accel })
    const how = `Linux ${kernel.release}, cgroup ${wanted.cgroup}, ${accel}`
    say(style('dim', `${how}: status ${status}, ${seconds} s`))
    process.exitCode = status
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

function options(argv: string[]): Wanted {
  const choice = (flags: string, text: string, choices: string[]) =>
    new Option(flags, text).choices(choices)
  const command = new Command('npm run test:vm --')
    .description("The tests on another kernel, in QEMU, with this machine's programs.")
    .usage('[options] [-- filter...]')
    .argument('[filter...]', "test files and vitest's options; all tests by default")
    .option(
      '--kernel <version|path>',
      "Debian's kernel of this version, a .deb, or /boot/vmlinuz-…; by default the current one",
      '',
    )
    .addOption(choice('--cgroup <kind>', 'what is mounted', ['v1', 'hybrid', 'v2']).default('v2'))
    .option('--own-step', "each step's claims on that step only")
    .option('--shell', 'a shell in the machine instead of the tests')
    .option('--cpus <number>', 'its processors', wholeNumber(), cpus().length)
    .option('--memory <MiB>', 'its memory', wholeNumber(), 3072)
    .option('--minutes <number>', 'after this time it is switched off', positive, 60)
    .option(
      '--slowness <factor>',
      'multiplies the time limits of the tests; by default 2 with KVM, 8 without',
      positive,
    )
    .addOption(choice('--accel <kind>', 'KVM, or the emulator', ['kvm', 'tcg']))
  parseOptions(command, argv)
  return { ...command.opts(), filters: command.args } as Wanted
}

function positive(text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return number
}
