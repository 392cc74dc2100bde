import { alive, inPidNamespace, killPid, namespace, status, until, withToken } from './harness/proc'
import { type Claim, claim, quote } from './harness/claim'
import { type Live, newToken } from './harness/target'
import { work } from './harness/work'
import { prove } from './harness/prove'

/** Leaves a process behind in the container which only waits; gives its pid on the host. */
async function background(shell: Live): Promise<number> {
  const token = newToken()
  const { output } = await shell.ask(`${work().fixture} orphan ${token}`)
  const pid = await until(() => withToken(token)[0])
  claim(
    typeof pid === 'number',
    `a process \`fixture orphan ${token}\` on the host`,
    `none; ${quote(output)}`,
  )
  return pid
}

export const claims: Claim[] = [
  {
    name: 'the command is PID 1 of a new pid namespace',
    async check(target) {
      const shell = await target.live()
      const [inside, outside] = [namespace(shell.pid, 'pid'), target.outside('pid')]
      claim(inside !== outside, `another pid namespace than the host's ${outside}`, inside)
      const nspid = status(shell.pid, 'NSpid') ?? ''
      claim(
        /\s1$/.test(nspid),
        `two pids, that on the host and 1: NSpid: ${shell.pid} 1`,
        `NSpid: ${nspid}`,
      )
      const { output } = await shell.ask('echo $$')
      claim(output === '1', '`echo $$` to say 1', output)
    },
  },
  {
    name: 'an orphan becomes a child of PID 1, which reaps it',
    async check(target) {
      const shell = await target.live()
      const orphan = await background(shell)
      try {
        const parent = await until(() => status(orphan, 'PPid') === String(shell.pid), 1000)
        claim(
          parent,
          `the command (${shell.pid} on the host) as parent of an orphan`,
          `PPid: ${status(orphan, 'PPid')}`,
        )
        killPid(orphan)
        await shell.ask('sleep 0.3')
        const state = status(orphan, 'State')
        claim(state === undefined, 'no zombie of the orphan', `State: ${state}`)
      } finally {
        killPid(orphan)
      }
    },
  },
  {
    name: 'when PID 1 ends, so does everything inside',
    async check(target) {
      const shell = await target.shell()
      const other = await background(shell)
      const inside = inPidNamespace(namespace(shell.pid, 'pid'))
      try {
        killPid(shell.pid)
        await until(() => !alive(other))
        claim(
          !alive(other),
          'no process of the container after its PID 1 was killed',
          `process ${other} goes on`,
        )
        await shell.started.ended()
        const left = inside.filter(alive)
        claim(
          left.length === 0,
          'no process of the container when the run process has ended',
          `${left} go on`,
        )
      } finally {
        killPid(other)
        await shell.end()
      }
    },
  },
  {
    name: '`kill -9` on the run process ends everything inside',
    async check(target) {
      const shell = await target.shell()
      const other = await background(shell)
      try {
        killPid(shell.runPid)
        await until(() => !alive(shell.pid) && !alive(other))
        claim(
          !alive(shell.pid),
          'the command to end with the run process',
          `process ${shell.pid} goes on`,
        )
        claim(
          !alive(other),
          'the descendants of the command to end as well',
          `process ${other} goes on`,
        )
      } finally {
        killPid(other)
        await shell.end()
      }
    },
  },
]

prove('03-pid', claims)
