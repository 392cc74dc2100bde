// A machine for one run of the tests: kernel, initramfs and a copy of the checkout, in a folder that is gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say, style } from '../../setup/terminal.mjs'
import { accelerator } from './accelerator.mjs'
import { freeze } from './freeze.mjs'
import { writeGuest } from './guest.mjs'
import { kernelOf } from './kernel.mjs'
import { options } from './options.mjs'
import { boot } from './qemu.mjs'

export async function testInVm(argv) {
  const wanted = options(argv)
  const accel = wanted.accel ?? accelerator()
  const kernel = await kernelOf(wanted.kernel ?? '')
  const folder = mkdtempSync(join(tmpdir(), 'test-vm-'))
  try {
    freeze(folder)
    writeGuest(folder, kernel, {
      ...wanted,
      slowness: wanted.slowness ?? (accel === 'tcg' ? 8 : 2),
    })
    const { status, seconds } = await boot(folder, kernel, { ...wanted, accel })
    say(
      style(
        'dim',
        `Linux ${kernel.release}, cgroup ${wanted.cgroup}, ${accel}: status ${status}, ${seconds} s`,
      ),
    )
    process.exitCode = status
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
