// Namespaces which the tests make for themselves, so that nothing of the machine is touched.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, rmdirSync } from 'node:fs'
import * as path from 'node:path'
import { trees } from './cgroup'
import { killPid, until } from './proc'
import { HarnessError, quote } from './claim'
import { work } from './work'

export type Sandbox = { pid: number; close(): Promise<void> }

/**
 * A process in new namespaces, kept by a sleeping shell: enter with `nsenter --target PID`. `on` are the words before a
 * command that make it run on another host than the machine.
 */
export async function sandbox(
  unshare: string[],
  prepare: string,
  on: string[] = [],
): Promise<Sandbox> {
  const script = `${prepare}\necho ready && read -r forever`
  const [file, ...args] = [...on, 'unshare', ...unshare, '/bin/sh', '-ec', script]
  const child: ChildProcess = spawn(file as string, args, { stdio: 'pipe' })
  const said: string[] = []
  child.stdout?.on('data', (chunk) => said.push(String(chunk)))
  child.stderr?.on('data', (chunk) => said.push(String(chunk)))
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  failed.catch(() => {})
  const closed = new Promise<void>((done) => child.once('close', () => done()))
  await Promise.race([
    until(() => said.join('').includes('ready') || child.exitCode !== null, 5000),
    failed,
  ])
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
export const sharedMounts = (on: string[] = []) =>
  sandbox(
    ['--mount', '--propagation', 'private'],
    [
      // What rootfs.test.ts mounts at that moment would vanish from here as well, with the folder it is mounted on.
      'for point in $(cut -d " " -f 5 /proc/self/mountinfo | grep /rootfs-test-)',
      'do umount --lazy "$point" 2> /dev/null || true; done',
      'mount --make-rshared /',
    ].join('\n'),
    on,
  )

/**
 * A host of its own to be changed by containers and compared: other mounts, another name, another network and another
 * tree of cgroups than the machine's, where the runs of other tests are.
 */
export async function hostLike(): Promise<Sandbox> {
  const host = await sandbox(
    ['--net', '--mount', '--uts', '--ipc', '--propagation', 'private'],
    [
      'ip link set lo up',
      // /sys shows the network namespace in which it was mounted; the cgroups below it are kept.
      `mount --rbind /sys/fs/cgroup ${work().mountPoint}`,
      'mount -t sysfs sysfs /sys',
      `mount --rbind ${work().mountPoint} /sys/fs/cgroup`,
      `umount --recursive ${work().mountPoint}`,
      `for tree in ${trees.join(' ')}; do`,
      '  [ -d $tree ] || continue',
      '  for old in $tree/tests-*; do [ -d /proc/$(basename $old | tr -dc 0-9) ] || rmdir $old/* $old 2> /dev/null || true; done',
      '  [ ! -e $tree/cgroup.controllers ] || echo "+memory +pids +cpu" > $tree/cgroup.subtree_control || true',
      '  mkdir $tree/tests-$$',
      // Its containers together get as much CPU as each of them would by itself.
      '  [ ! -e $tree/tests-$$/cpu.shares ] || echo 262144 > $tree/tests-$$/cpu.shares',
      '  [ ! -e $tree/tests-$$/cpu.weight ] || echo 10000 > $tree/tests-$$/cpu.weight',
      '  mount --bind $tree/tests-$$ $tree',
      'done',
    ].join('\n'),
  )
  return {
    pid: host.pid,
    async close() {
      await host.close()
      const own = trees.map((tree) => `${tree}/tests-${host.pid}`)
      await until(() => own.map(removeCgroups).every(Boolean))
    },
  }
}

/** Removes a cgroup and those in it; false as long as a process is on its way out of one. */
function removeCgroups(folder: string): boolean {
  if (!existsSync(folder)) return true
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) rmdirSync(path.join(folder, entry.name))
    rmdirSync(folder)
    return true
  } catch {
    return false
  }
}
