// The command line of `npm run test:vm`.
import { cpus } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { parseOptions, wholeNumber } from '../../setup/options.mjs'

export function options(argv) {
  const command = new Command('npm run test:vm --')
    .description(
      "The tests on another kernel and set-up of cgroups, in QEMU on this machine's programs.",
    )
    .usage('[options] [-- filter...]')
    .argument('[filter...]', "files and vitest's options; all tests by default")
    .option(
      '--kernel <version|path>',
      "Debian's of this version, a .deb, or /boot/vmlinuz-…; or its current one",
    )
    .addOption(
      new Option('--cgroup <kind>', 'what is mounted')
        .choices(['v1', 'hybrid', 'v2'])
        .default('v2'),
    )
    .option('--own-step', "each step's own properties on that step only")
    .option('--shell', 'a shell in there instead of the tests')
    .option('--cpus <number>', 'its processors', wholeNumber(), cpus().length)
    .option('--memory <MiB>', 'its memory', wholeNumber(), 3072)
    .option('--minutes <number>', 'after this time it is switched off', positive, 60)
    .option(
      '--slowness <factor>',
      'by which the time limits of the tests grow; 8 without KVM, 2 with it',
      positive,
    )
    .addOption(
      new Option('--accel <kind>', 'KVM where it works, or the emulator').choices(['kvm', 'tcg']),
    )
  parseOptions(command, argv)
  return { ...command.opts(), filters: command.args }
}

function positive(text) {
  const number = Number(text)
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number above 0.')
  return number
}
