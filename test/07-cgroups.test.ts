import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus } from 'node:os'
import { cgroupsOf, cpuLimit, cpuTime, hits, limit, preferred } from './harness/cgroup'
import { claim, quote } from './harness/claim'
import { differs } from './harness/namespace'
import { alive, killPid, mountinfo, parseMounts } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import { type Live, newToken, type Target } from './harness/target'
import { soon } from './harness/waiting'
import { work } from './harness/work'

export const claims: Claim[] = [
  {
    name: 'the command has its own cgroup, which is the root of its cgroup namespace',
    async check(target) {
      const shell = await target.live()
      itsCgroups(shell.pid, shell.runPid)
      differs(target, shell, 'cgroup')
      const { output } = await shell.ask('cat /proc/self/cgroup')
      const others = output.split('\n').filter((line) => !line.endsWith(':/'))
      claim(others.length === 0, "the container's own cgroup to be / inside", others.join(' '))
    },
  },
  {
    name: 'a fork bomb stops at the process limit, and the host stays usable',
    starts: 2,
    async check(target) {
      const options = await target.known(['--pids', '40'])
      const most = options.length ? 40 : await fixed(target, 'pids')
      const command = [work().fixture, 'forks', `${most + 100}`, newToken()]
      const started = target.start(command, { options })
      try {
        const meaning = 'a program that forks as often as it can'
        const [, forked] = await started.says(/forked (\d+) of/, meaning)
        execFileSync('/bin/true')
        claim(
          Number(forked) >= most / 2 && Number(forked) < most,
          `at most ${most} processes${options.length ? ' with --pids 40' : ''}`,
          `${forked} and the one that made them`,
        )
        const folders = itsCgroups(await started.commandPid(), started.pid)
        claim(hits(folders, 'pids') > 0, 'the kernel to refuse a process', 'no refusal')
        started.child.stdin?.end('\n')
        await started.ended()
      } finally {
        await started.kill()
      }
    },
  },
  {
    name: 'a command that exceeds the memory limit is killed (137), and stderr says why',
    starts: 1,
    async check(target) {
      const options = await target.known(['--memory', '48M'])
      const most = options.length ? 48 : (await fixed(target, 'memory')) / 2 ** 20
      const size = Math.round(most + 100)
      const ended = await target.run([work().fixture, 'hog', `${size}`], { options })
      claim(
        ended.status === 137,
        `exit status 137 of a command that takes ${size} MiB, where ${most} are the limit`,
        `${ended.status}; ${quote(ended.stdout)} ${quote(ended.stderr)}`,
      )
      claim(
        /memory|OOM/i.test(ended.stderr),
        'a sentence about memory on stderr',
        quote(ended.stderr),
      )
    },
  },
  {
    name: "a command within the memory limit runs; one killed otherwise isn't out of memory",
    starts: 1,
    always: true,
    async check(target) {
      const options = await target.known(['--memory', '64M'])
      const shell = await target.shell({ options })
      const { status, output } = await shell.ask(`${work().fixture} hog 16`)
      const meaning = 'exit status 0 of a command that takes 16 MiB'
      claim(status === 0, meaning, `${status}; ${quote(output)}`)
      killPid(shell.pid)
      const ended = await shell.started.ended()
      claim(
        ended.status === 137 && !/memory/i.test(ended.stderr),
        'status 137 and no word about memory',
        `${ended.status}, ${quote(ended.stderr)}`,
      )
    },
  },
  {
    name: 'a busy loop gets the CPU time it may have, and no more',
    starts: 4,
    async check(target) {
      const options = await target.known(['--cpus', '0.4'])
      const started = target.start([work().fixture, 'burn', newToken()], { options })
      try {
        const pid = await started.commandPid()
        const folders = itsCgroups(pid, started.pid)
        const { quota, period } = cpuLimit(folders)
        const asked = options.length ? Math.abs(quota / period - 0.4) < 0.01 : quota < Infinity
        const meaning = options.length ? '0.4 of a CPU with --cpus 0.4' : 'a limit on CPU time'
        claim(asked, meaning, `${quota} of ${period} µs`)
        preferred(folders)

        // The kernel throttles a group when it has used up its quota of a period.
        const throttledBefore = hits(folders, 'cpu')
        const throttled = () => hits(folders, 'cpu') - throttledBefore
        const first = cpuTime(folders, pid)
        await soon(() => throttled() >= 3, 300)
        claim(throttled() >= 3, 'to be throttled in 3 periods', `${throttled()}`)

        const last = cpuTime(folders, pid)
        const used = last.used - first.used
        // Two periods more, because they began before the first look and the second one; and what
        // each CPU may keep of the quota from before.
        const allowed = quota * (last.periods - first.periods + 2) + 10_000 * (cpus().length + 2)
        claim(used <= allowed, `at most ${allowed} µs of CPU time`, `${used} µs`)
      } finally {
        await started.kill()
      }
    },
  },
  {
    name: 'the container sees its cgroup below /sys/fs/cgroup, and changes nothing there',
    async check(target) {
      const shell = await target.live()
      itsCgroups(shell.pid, shell.runPid)
      const mounts = parseMounts(mountinfo(shell.pid)).filter(({ type }) => /^cgroup/.test(type))
      const shown = mounts.filter(({ point }) => point.includes('/sys/fs/cgroup'))
      claim(shown.length > 0, 'a file system of type cgroup2 on /sys/fs/cgroup', 'none')
      const writable = mounts.filter(({ options }) => !options.split(',').includes('ro'))
      const found = writable.map(({ point, options }) => `${point}: ${options}`).join(', ')
      claim(writable.length === 0, 'each of them read-only', found)
    },
  },
  {
    name: 'its cgroup is gone when the command has ended',
    starts: 1,
    check: (target) => goneAfter(target, 'its end', ({ started }) => started.child.stdin?.end()),
  },
  {
    name: 'its cgroup is gone when the run process has got SIGTERM',
    starts: 1,
    check: (target) => goneAfter(target, 'SIGTERM', ({ runPid }) => killPid(runPid, 'SIGTERM')),
  },
  {
    name: 'its cgroup is gone when the command was killed',
    starts: 1,
    check: (target) => goneAfter(target, 'the command was killed', ({ pid }) => killPid(pid)),
  },
  {
    name: 'the next run removes the cgroup of a killed run process, but not of running containers',
    starts: 3,
    async check(target) {
      const running = await target.shell()
      const kept = itsCgroups(running.pid, running.runPid)
      const shell = await target.shell()
      const folders = itsCgroups(shell.pid, shell.runPid)
      killPid(shell.runPid)
      await shell.started.exited()
      await soon(() => !alive(shell.pid))
      const next = await target.run(['/bin/true'])
      claim(next.status === 0, 'a next run', `status ${next.status}; ${quote(next.stderr)}`)
      areGone(folders, 'the next run')
      const lost = kept.filter((folder) => !existsSync(folder))
      const names = `no ${lost.join(', ')}`
      claim(lost.length === 0, 'the cgroup of a container that is still running', names)
      await running.end()
    },
  },
]

prove('07-cgroups', claims)

function itsCgroups(command: number, run: number): string[] {
  const folders = cgroupsOf(command, run)
  claim(folders.length > 0, 'the command in its own cgroup', 'the cgroups of the run process')
  return folders
}

/** A limit that the program sets without being asked. */
async function fixed(target: Target, controller: 'pids' | 'memory'): Promise<number> {
  const shell = await target.live()
  const found = limit(itsCgroups(shell.pid, shell.runPid), controller)
  claim(Number.isFinite(found), `a limit in the container's ${controller} cgroup`, 'none')
  return found
}

/** Runs a container, ends it in some way, and looks for its cgroups. */
async function goneAfter(target: Target, what: string, end: (shell: Live) => void): Promise<void> {
  const shell = await target.shell()
  const folders = itsCgroups(shell.pid, shell.runPid)
  end(shell)
  await shell.started.ended()
  areGone(folders, what)
}

function areGone(folders: string[], after: string): void {
  const left = folders.filter((folder) => existsSync(folder))
  claim(left.length === 0, `no cgroup of the container after ${after}`, left.join(', '))
}
