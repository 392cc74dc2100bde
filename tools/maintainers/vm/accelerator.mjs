// KVM where a guest's kernel runs in it as it is, and QEMU's emulator elsewhere.
import { accessSync, constants, readFileSync } from 'node:fs'

export function accelerator() {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    // A KVM without the processor's help (kvm_pvm) runs kernels made for it alone.
    return process.arch !== 'x64' || /\b(vmx|svm)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))
      ? 'kvm'
      : 'tcg'
  } catch {
    return 'tcg'
  }
}
