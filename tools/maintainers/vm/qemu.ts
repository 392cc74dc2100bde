// Runs the guest: shows its output, ends with its status, and never leaves it running.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { Problem, say } from '../../setup/terminal.mjs'
import { start } from '../run'
import type { Kernel } from './kernel'

type Machine = { accel: 'kvm' | 'tcg'; minutes: number }

type Kind = { program: string; machine: string; console: string; package: string }

const kinds: Partial<Record<string, Kind>> = {
  x64: {
    program: 'qemu-system-x86_64',
    machine: 'q35',
    console: 'ttyS0',
    package: 'qemu-system-x86',
  },
  arm64: {
    program: 'qemu-system-aarch64',
    machine: 'virt',
    console: 'ttyAMA0',
    package: 'qemu-system-arm',
  },
}

/** KVM where a guest's kernel runs in it unchanged, and QEMU's emulator elsewhere. */
export function accelerator(): 'kvm' | 'tcg' {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    // A KVM without the processor's help (kvm_pvm) only runs kernels made for it.
    const helps = /\b(vmx|svm)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))
    return process.arch !== 'x64' || helps ? 'kvm' : 'tcg'
  } catch {
    return 'tcg'
  }
}

export async function boot(folder: string, kernel: Kernel, wanted: Machine) {
  const kind = kinds[process.arch]
  if (!kind) throw new Problem(`There's no virtual machine for ${process.arch} here.`)
  if (!find(kind.program))
    throw new Problem(`${kind.program} isn't installed: apt-get install ${kind.package}`)
  const begin = Date.now()
  say(`Booting Linux ${kernel.release} (${wanted.accel})`)
  const { child, ended } = await start([kind.program, ...words(folder, kernel, wanted, kind)], {
    stdout: 'inherit',
    killSignal: 'SIGKILL',
    timeout: wanted.minutes * 60_000,
  })
  const { timedOut } = await child
  const { stderr } = await ended
  const status = content(join(folder, 'status'))
  if (status) return { status: Number(status), seconds: Math.round((Date.now() - begin) / 1000) }
  const why = timedOut
    ? `The tests weren't done after ${wanted.minutes} minutes: --minutes gives them more.`
    : 'The guest ended before the tests did.'
  const last = content(join(folder, 'console')).split('\n').slice(-20).join('\n')
  throw new Problem(`${why}\n${stderr}\nIts console says:\n${last}`)
}

function words(
  folder: string,
  { image }: Kernel,
  { accel }: Machine,
  { machine, console }: Kind,
): string[] {
  const share = (path: string, tag: string, more = '') =>
    `local,path=${path.replaceAll(',', ',,')},mount_tag=${tag},security_model=none,multidevs=remap${more}`
  return [
    ...['-machine', `${machine},accel=${accel}`, '-cpu', 'max'],
    ...['-smp', `${cpus().length}`, '-m', '3072M'],
    ...['-nodefaults', '-no-user-config', '-nographic', '-no-reboot', '-nic', 'none'],
    ...['-kernel', image, '-initrd', join(folder, 'initramfs')],
    ...['-append', `console=${console} quiet panic=-1 mitigations=off no_timer_check`],
    ...['-serial', `file:${join(folder, 'console')}`],
    ...['-chardev', 'stdio,id=out,signal=on'],
    ...['-device', 'virtio-serial-pci', '-device', 'virtconsole,chardev=out'],
    ...['-virtfs', share('/', 'host', ',readonly=on'), '-virtfs', share(folder, 'vm')],
  ]
}

const content = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '')
