// Runs the guest: shows its output, ends with its status, and never leaves it running.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { Problem, task } from '../../setup/terminal.mjs'
import { ready } from './guest.mjs'

const machines = {
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

export async function boot(folder, kernel, options) {
  const { program, package: from } = machines[process.arch] ?? {}
  if (!program) throw new Problem(`No virtual machine is known here for ${process.arch}.`)
  if (!find(program)) throw new Problem(`${program} is not installed: apt-get install ${from}`)
  const started = Date.now()
  const guest = spawn(program, words(folder, kernel, options), {
    stdio: [options.shell ? 'inherit' : 'ignore', 'pipe', 'pipe'],
  })
  const ended = endOf(guest, options.minutes)
  await task(`Booting Linux ${kernel.release} (${options.accel})`, () =>
    until(guest, ended, folder),
  )
  guest.stdout.pipe(process.stdout)
  const why = await ended
  const status = statusOf(folder)
  if (status === undefined)
    throw new Problem(`${why ?? 'The guest ended before the tests did.'}${lastWords(folder)}`)
  return { status, seconds: Math.round((Date.now() - started) / 1000) }
}

function words(folder, { image }, { accel, cpus, memory, shell }) {
  const { machine, console } = machines[process.arch]
  const share = (path, tag, more) =>
    `local,path=${path.replaceAll(',', ',,')},mount_tag=${tag},security_model=none,multidevs=remap${more}`
  return [
    ...[
      '-machine',
      `${machine},accel=${accel}`,
      '-cpu',
      'max',
      '-smp',
      `${cpus}`,
      '-m',
      `${memory}M`,
    ],
    ...['-nodefaults', '-no-user-config', '-nographic', '-no-reboot', '-nic', 'none'],
    ...['-kernel', image, '-initrd', join(folder, 'initramfs')],
    ...['-append', `console=${console} quiet panic=-1 mitigations=off no_timer_check`],
    ...['-serial', `file:${join(folder, 'console')}`],
    ...['-chardev', `stdio,id=out,signal=${shell ? 'off' : 'on'}`],
    ...['-device', 'virtio-serial-pci', '-device', 'virtconsole,chardev=out'],
    ...['-virtfs', share('/', 'host', ',readonly=on'), '-virtfs', share(folder, 'vm', '')],
  ]
}

// Resolves when the process is gone, to why it had to be ended, if it had to.
function endOf(guest, minutes) {
  let why
  const end = (reason) => {
    why = reason
    guest.kill('SIGKILL')
  }
  const timer = setTimeout(
    end,
    minutes * 60_000,
    `The tests were not done after ${minutes} minutes: --minutes gives them more.`,
  )
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => [name, () => end('Interrupted.')])
  for (const [name, action] of signals) process.on(name, action)
  const kill = () => guest.kill('SIGKILL')
  process.on('exit', kill)
  return new Promise((resolve, reject) => {
    guest.once('error', reject)
    guest.once('close', () => resolve(why))
  }).finally(() => {
    clearTimeout(timer)
    process.off('exit', kill)
    for (const [name, action] of signals) process.off(name, action)
  })
}

/** Waits for the guest's sign that it is up; what came after it is put back. */
async function until(guest, ended, folder) {
  let said = ''
  guest.stderr.on('data', (chunk) => {
    said += chunk
  })
  const up = new Promise((resolve) => {
    let text = ''
    guest.stdout.on('data', function listen(chunk) {
      text += chunk
      if (!text.includes(ready)) return
      guest.stdout.off('data', listen).pause()
      guest.stdout.unshift(Buffer.from(text.slice(text.indexOf(ready) + ready.length)))
      resolve(true)
    })
  })
  if (await Promise.race([up, ended.then(() => false)])) return
  throw new Problem(
    `${(await ended) ?? 'The guest did not start.'}\n${said.trim()}${lastWords(folder)}`,
  )
}

function statusOf(folder) {
  const path = join(folder, 'status')
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  return text ? Number(text) : undefined
}

function lastWords(folder) {
  const path = join(folder, 'console')
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  return text && `\nIts console says:\n${text.split('\n').slice(-20).join('\n')}`
}
