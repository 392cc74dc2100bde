// Namespaces made for the tests, so that nothing of the machine is touched.
import { spawn } from 'node:child_process'
import { HarnessError, quote } from './claim'
import { killPid } from './proc'
import { Started } from './started'
import { until } from './waiting'

export type Sandbox = { pid: number; close(): Promise<void> }

/**
 * A process in new namespaces, kept by a sleeping shell: enter with `nsenter --target PID`. The
 * words `on`, put before a command, make it run on another host than the machine.
 */
export function sandbox(unshare: string[], prepare: string, on: string[] = []): Promise<Sandbox> {
  const script = `${prepare}\necho ready && read -r forever`
  return keep([...on, 'unshare', ...unshare, '/bin/sh', '-ec', script])
}

/** A mount namespace as on a systemd host: `/` and everything below is shared. */
export const sharedMounts = (on: string[] = []) =>
  sandbox(
    ['--mount', '--propagation', 'private'],
    [
      // If test/rootfs mounts something now, it would vanish here together with its folder.
      'for point in $(cut -d " " -f 5 /proc/self/mountinfo | grep /rootfs-test-)',
      'do umount --lazy "$point" 2> /dev/null || true; done',
      'mount --make-rshared /',
    ].join('\n'),
    on,
  )

/** Starts a program and waits until it says `ready`; it lives until closed. */
export async function keep(argv: string[], env = process.env): Promise<Sandbox> {
  const [file, ...args] = argv as [string, ...string[]]
  const started = new Started(spawn(file, args, { env, stdio: 'pipe' }), argv)
  const isReady = () => /^ready$/m.test(started.stdout)
  await until(() => isReady() || !started.running, undefined, started.changed)
  const { pid } = started
  const end = async () => {
    started.child.stdin?.destroy()
    killPid(pid)
    await started.ended()
  }
  let ended: Promise<void> | undefined
  const close = () => (ended ??= end())
  if (isReady()) return { pid, close }
  await close()
  const said = quote(started.stdout + started.stderr)
  throw new HarnessError(`\`${argv.slice(0, 4).join(' ')} …\` failed: ${said}`)
}
