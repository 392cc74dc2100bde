import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { cgroupsOf } from './harness/cgroup'
import { alive, killPid, namespace, until } from './harness/proc'
import { type Claim, claim, quote } from './harness/claim'
import { slowness } from './harness/slowness'
import type { Live, Target } from './harness/target'
import { work } from './harness/work'
import { prove } from './harness/prove'

function itsCgroups(shell: Live): string[] {
  const folders = cgroupsOf(shell.pid, shell.runPid)
  claim(folders.length > 0, 'a cgroup of its own for the command', 'the cgroups of the run process')
  return folders
}

async function gone(folders: string[], after: string): Promise<void> {
  const left = () => folders.filter((folder) => existsSync(folder))
  await until(() => left().length === 0, 1000)
  claim(left().length === 0, `no cgroup of the container ${after}`, left().join(', '))
}

/** Runs a container, ends it in some way, and looks for its cgroups. */
async function goneAfter(target: Target, after: string, end: (shell: Live) => void): Promise<void> {
  const shell = await target.shell()
  const folders = itsCgroups(shell)
  end(shell)
  await shell.started.ended()
  await gone(folders, after)
}

/** Lets a container win every competition for a CPU, so that nothing but its limit keeps it from one. */
function prefer(shell: Live): void {
  // Its nice value counts in its session alone, where the kernel groups processes by sessions: sched(7), autogroup.
  os.setPriority(shell.pid, os.constants.priority.PRIORITY_HIGHEST)
  const autogroup = `/proc/${shell.pid}/autogroup`
  if (existsSync(autogroup)) writeFileSync(autogroup, '-20')
  for (const folder of cgroupsOf(shell.pid, shell.runPid)) {
    for (const [file, most] of Object.entries({ 'cpu.weight': '10000', 'cpu.shares': '262144' }))
      if (existsSync(path.join(folder, file))) writeFileSync(path.join(folder, file), most)
  }
}

export const claims: Claim[] = [
  {
    name: 'the command has its own cgroup, which is the root of its cgroup namespace',
    async check(target) {
      const shell = await target.live()
      itsCgroups(shell)
      const [inside, outside] = [namespace(shell.pid, 'cgroup'), target.outside('cgroup')]
      claim(inside !== outside, `another cgroup namespace than the host's ${outside}`, inside)
      const { output } = await shell.ask('cat /proc/self/cgroup')
      const names = output.split('\n').filter((line) => line.includes('container'))
      claim(names.length === 0, "the container's own cgroup to be / inside", quote(names.join(' ')))
    },
  },
  {
    name: 'a fork bomb stops at the process limit, and the host stays usable',
    async check(target) {
      const options = await target.known(['--pids', '64'])
      const started = target.start([work().fixture, 'forks', '400'], { options })
      try {
        const said = await until(
          () => /forked (\d+) of 400/.exec(started.stdout) ?? !started.running,
          10_000,
        )
        claim(Array.isArray(said), 'a program that forks as often as it can', quote(started.stderr))
        const begin = performance.now()
        execFileSync('/bin/true')
        const milliseconds = performance.now() - begin
        const forked = Number(said[1])
        claim(
          forked >= 32 && forked < 64,
          'at most 64 processes with --pids 64',
          `${forked} and the one that made them`,
        )
        claim(
          milliseconds < 1000 * slowness,
          'a host that starts a program within a second',
          `${milliseconds} ms`,
        )
        started.child.stdin?.end('\n')
        await started.ended()
      } finally {
        await started.kill()
      }
    },
  },
  {
    name: 'a command that exceeds the memory limit is killed (137), and stderr says why',
    async check(target) {
      const options = await target.known(['--memory', '64M'])
      const ended = await target.run([work().fixture, 'hog', '200'], { options })
      claim(
        ended.status === 137,
        'exit status 137 of a command that takes 200 MiB with --memory 64M',
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
    name: "a command within the memory limit runs, and one killed for another reason isn't reported as out of memory",
    always: true,
    async check(target) {
      const options = await target.known(['--memory', '64M'])
      const small = await target.run([work().fixture, 'hog', '16'], { options })
      claim(
        small.status === 0,
        'exit status 0 of a command that takes 16 MiB',
        `${small.status}; ${quote(small.stderr)}`,
      )
      const shell = await target.shell({ options })
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
    async check(target) {
      const options = await target.known(['--cpus', '0.4'])
      const shell = await target.shell({ options, wrap: ['setsid'] })
      prefer(shell)
      const { output } = await shell.ask(`${work().fixture} burn 2000`, 20_000)
      await shell.end()
      const share = Number(/share (\S+)/.exec(output)?.[1])
      claim(
        share >= 0.32 && share <= 0.48,
        'a share between 0.32 and 0.48 of a CPU with --cpus 0.4',
        `${share}; ${quote(output)}`,
      )
    },
  },
  {
    name: 'its cgroup is gone when the command has ended',
    check: (target) =>
      goneAfter(target, 'after the end of the command', (shell) =>
        shell.started.child.stdin?.end(),
      ),
  },
  {
    name: 'its cgroup is gone when the run process has got SIGTERM',
    check: (target) =>
      goneAfter(target, 'after SIGTERM', (shell) => killPid(shell.runPid, 'SIGTERM')),
  },
  {
    name: 'its cgroup is gone when the command was killed',
    check: (target) =>
      goneAfter(target, 'after the command was killed', (shell) => killPid(shell.pid)),
  },
  {
    name: 'the next run removes the cgroup a killed run process left, and keeps those of running containers',
    async check(target) {
      const running = await target.shell()
      const kept = itsCgroups(running)
      const shell = await target.shell()
      const folders = itsCgroups(shell)
      killPid(shell.runPid)
      await until(() => !alive(shell.pid))
      const next = await target.run(['/bin/true'])
      claim(next.status === 0, 'a next run', `status ${next.status}; ${quote(next.stderr)}`)
      await gone(folders, 'after the next run')
      const lost = kept.filter((folder) => !existsSync(folder))
      claim(
        lost.length === 0,
        'the cgroup of a container which still runs',
        `no ${lost.join(', ')}`,
      )
      await running.end()
    },
  },
]

prove('07-cgroups', claims)
