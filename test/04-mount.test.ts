import { mountinfo, namespace, parseMounts } from './harness/proc'
import { sharedMounts } from './harness/sandbox'
import { type Claim, claim, quote } from './harness/claim'
import type { Target } from './harness/target'
import { work } from './harness/work'
import { prove } from './harness/prove'

/** The mount points of one mountinfo that are not in the other. */
function extra(now: string, before: string): string {
  const old = before.split('\n')
  const lines = now.split('\n').filter((line) => !old.includes(line))
  return parseMounts(lines.join('\n'))
    .map((mount) => `${mount.type} on ${mount.point}`)
    .join(', ')
}

/** Runs a container on a host whose `/` is shared, mounts something inside, and compares the host's mounts. */
async function hostMountsStay(target: Target): Promise<void> {
  const host = await sharedMounts(target.onHost())
  try {
    const before = mountinfo(host.pid)
    const shell = await target.shell({ wrap: ['nsenter', '--target', String(host.pid), '--mount'] })
    await shell.ask(`mount -t tmpfs inside ${work().mountPoint}`)
    const during = mountinfo(host.pid)
    claim(
      during === before,
      'the same mounts on the host while a container runs',
      `new: ${extra(during, before)}; lost: ${extra(before, during)}`,
    )
    await shell.end()
    const after = mountinfo(host.pid)
    claim(
      after === before,
      'the same mounts on the host when it ended',
      `new: ${extra(after, before)}; lost: ${extra(before, after)}`,
    )
  } finally {
    await target.settle()
    await host.close()
  }
}

export const claims: Claim[] = [
  {
    name: 'the command has its own mount namespace',
    async check(target) {
      const shell = await target.live()
      const [inside, outside] = [namespace(shell.pid, 'mnt'), target.outside('mnt')]
      claim(inside !== outside, `another mount namespace than the host's ${outside}`, inside)
    },
  },
  {
    name: "/proc shows only the container's processes",
    async check(target) {
      const shell = await target.live()
      const { output: first } = await shell.ask("tr '\\0' ' ' < /proc/1/cmdline")
      claim(first.includes(shell.token), 'the command itself as process 1 in /proc', quote(first))
      const { output } = await shell.ask('cd /proc && echo [0-9]*')
      const others = output.split(' ').filter((pid) => pid !== '1')
      claim(others.length === 0, 'process 1 alone in /proc', quote(output))
    },
  },
  {
    name: "`ps` lists only the container's processes",
    async check(target) {
      const shell = await target.live()
      const { output } = await shell.ask('ps -o pid,args')
      const listed = output.split('\n').slice(1)
      claim(
        listed.length > 0 &&
          listed.every((line) => /^\s*\d+ +(\/bin\/sh|sh|ps|\{.*\}) /.test(`${line} `)),
        'the shell and `ps` in the list of `ps`',
        quote(output),
      )
      const pids = listed.map((line) => Number.parseInt(line, 10))
      claim(pids.includes(1), 'PID 1 in the list of `ps`', quote(output))
    },
  },
  {
    name: "the host's mounts stay the same during and after a run, even if `/` is shared",
    check: hostMountsStay,
  },
]

prove('04-mount', claims)
