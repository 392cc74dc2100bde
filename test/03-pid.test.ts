import { claim, quote } from './harness/claim'
import { differs } from './harness/namespace'
import { alive, inPidNamespace, killPid, namespace, status, withToken } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import { type Live, newToken } from './harness/target'
import { soon } from './harness/waiting'
import { work } from './harness/work'

export const claims: Claim[] = [
  {
    name: 'the command is PID 1 of a new pid namespace',
    async check(target) {
      const shell = await target.live()
      differs(target, shell, 'pid')
      isFirst(shell)
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
        const parent = status(orphan, 'PPid')
        claim(
          parent === `${shell.pid}`,
          `the command (${shell.pid} on the host) as parent of an orphan`,
          `PPid: ${parent}`,
        )
        killPid(orphan)
        // A shell reaps what it finds when it waits for a command.
        await soon(async () => {
          await shell.ask('/bin/true')
          return status(orphan, 'State') === undefined
        })
        const state = status(orphan, 'State')
        claim(state === undefined, 'no zombie of the orphan', `State: ${state}`)
      } finally {
        killPid(orphan)
      }
    },
  },
  {
    name: 'when PID 1 ends, so does everything inside',
    starts: 1,
    async check(target) {
      const shell = await target.shell()
      const other = await background(shell)
      const inside = inPidNamespace(namespace(shell.pid, 'pid'))
      try {
        isFirst(shell) // otherwise it's a matter of luck when the others end
        killPid(shell.pid)
        // PID 1 has ended when everything else in its namespace has.
        await ends(shell.pid, 'the command to be killed')
        claim(
          !alive(other),
          'no process of the container after its PID 1 was killed',
          `process ${other} goes on`,
        )
        await shell.started.exited()
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
    starts: 1,
    async check(target) {
      const shell = await target.shell()
      const other = await background(shell)
      try {
        isFirst(shell)
        killPid(shell.runPid)
        await ends(shell.pid, 'the command to end with the run process')
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

function isFirst({ pid }: Live): void {
  const nspid = status(pid, 'NSpid') ?? ''
  const meaning = `two pids, the one on the host and 1: NSpid: ${pid} 1`
  claim(/\s1$/.test(nspid), meaning, `NSpid: ${nspid}`)
}

/** Leaves a process behind in the container that only waits; gives its pid on the host. */
async function background(shell: Live): Promise<number> {
  const token = newToken()
  // The program that forked it has ended when the shell answers: it is an orphan already.
  const { output } = await shell.ask(`${work().fixture} orphan ${token}`)
  const [pid] = withToken(token)
  claim(
    pid !== undefined,
    `a process \`fixture orphan ${token}\` on the host`,
    `none; ${quote(output)}`,
  )
  return pid
}

async function ends(pid: number, expected: string): Promise<void> {
  await soon(() => !alive(pid))
  claim(!alive(pid), expected, `process ${pid} goes on`)
}
