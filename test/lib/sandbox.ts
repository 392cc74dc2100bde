// Namespaces which the tests make for themselves, so that nothing of the machine is touched.
import { type ChildProcess, spawn } from 'node:child_process'
import { killPid, until } from './proc'
import { HarnessError, quote } from './say'
import { work } from './work'

export type Sandbox = { pid: number; close(): Promise<void> }

/** A process in new namespaces, kept by a sleeping shell: enter with `nsenter --target PID`. */
export async function sandbox(unshare: string[], prepare: string): Promise<Sandbox> {
  const script = `${prepare}\necho ready && read -r forever`
  const child: ChildProcess = spawn('unshare', [...unshare, '/bin/sh', '-ec', script], { stdio: 'pipe' })
  const said: string[] = []
  child.stdout?.on('data', (chunk) => said.push(String(chunk)))
  child.stderr?.on('data', (chunk) => said.push(String(chunk)))
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  failed.catch(() => {})
  const closed = new Promise<void>((done) => child.once('close', () => done()))
  await Promise.race([until(() => said.join('').includes('ready') || child.exitCode !== null, 5000), failed])
  if (!said.join('').includes('ready') || child.pid === undefined) {
    if (child.pid !== undefined) killPid(child.pid)
    throw new HarnessError(`unshare ${unshare.join(' ')} did not work: ${quote(said.join(''))}`)
  }
  const pid = child.pid
  return {
    pid,
    async close() {
      killPid(pid)
      await closed
    },
  }
}

/** A mount namespace like that of a systemd host: `/` and all below is shared. */
export const sharedMounts = () => sandbox(['--mount', '--propagation', 'private'], 'mount --make-rshared /')

/** A host of its own to be changed by containers and compared: other mounts and another network than the machine's. */
export const hostLike = () =>
  sandbox(
    ['--net', '--mount', '--propagation', 'private'],
    [
      'ip link set lo up',
      // /sys shows the network namespace in which it was mounted; the cgroups below it are kept.
      `mount --rbind /sys/fs/cgroup ${work().mountPoint}`,
      'mount -t sysfs sysfs /sys',
      `mount --rbind ${work().mountPoint} /sys/fs/cgroup`,
      `umount --recursive ${work().mountPoint}`,
    ].join('\n'),
  )
