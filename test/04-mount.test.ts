import { claim, quote } from './harness/claim'
import { ownNamespace } from './harness/namespace'
import { mountinfo, parseMounts } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import { sharedMounts } from './harness/sandbox'
import { work } from './harness/work'

export const claims: Claim[] = [
  {
    name: 'the command has its own mount namespace',
    check: ownNamespace('mnt', 'mount'),
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
      const expected = /^\s*\d+ +(\/bin\/sh|sh|ps|\{.*\}) /
      claim(
        listed.length > 0 && listed.every((line) => expected.test(`${line} `)),
        'the shell and `ps` in the list of `ps`',
        quote(output),
      )
      const pids = listed.map((line) => Number.parseInt(line, 10))
      claim(pids.includes(1), 'PID 1 in the list of `ps`', quote(output))
    },
  },
  {
    name: "the host's mounts stay the same during and after a run, even if `/` is shared",
    starts: 1,
    async check(target) {
      const host = await sharedMounts(target.onHost())
      try {
        const before = mountinfo(host.pid)
        const wrap = ['nsenter', '--target', `${host.pid}`, '--mount']
        const shell = await target.shell({ wrap })
        await shell.ask(`mount -t tmpfs inside ${work().mountPoint}`)
        unchanged(before, mountinfo(host.pid), 'while a container runs')
        await shell.end()
        unchanged(before, mountinfo(host.pid), 'when it ended')
      } finally {
        await target.settle()
        await host.close()
      }
    },
  },
]

prove('04-mount', claims)

function unchanged(before: string, now: string, when: string): void {
  claim(
    now === before,
    `the same mounts on the host ${when}`,
    [named('new', extra(now, before)), named('lost', extra(before, now))]
      .filter(Boolean)
      .join('; '),
  )
}

/** The first of them, under a name. */
function named(name: string, mounts: string[]): string {
  const more = mounts.length > 4 ? ` and ${mounts.length - 4} more` : ''
  return mounts.length ? `${name}: ${mounts.slice(0, 4).join(', ')}${more}` : ''
}

/** The mount points of one mountinfo that are not in the other. */
function extra(now: string, before: string): string[] {
  const old = before.split('\n')
  const lines = now.split('\n').filter((line) => !old.includes(line))
  return parseMounts(lines.join('\n')).map((mount) => `${mount.type} on ${mount.point}`)
}
