import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { claim, quote } from './harness/claim'
import { ownNamespace } from './harness/namespace'
import { mountinfo, parseMounts } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import { newToken, type Target } from './harness/target'
import { work } from './harness/work'

const kinds = {
  shm: 'System V shared memory',
  msg: 'a System V queue',
  sem: 'a System V semaphore',
  mqueue: 'a POSIX queue',
  'posix-shm': 'POSIX shared memory',
}
type Kind = keyof typeof kinds
const sysv: Kind[] = ['shm', 'msg', 'sem']

export const claims: Claim[] = [
  {
    name: 'the command has its own ipc namespace',
    check: ownNamespace('ipc'),
  },
  {
    name: "the host's System V objects are invisible inside",
    check: (target) => invisible(target, 'host', sysv),
  },
  {
    name: "the container's System V objects are invisible on the host",
    check: (target) => invisible(target, 'container', sysv),
  },
  {
    name: "the host's POSIX queues are invisible inside",
    check: (target) => invisible(target, 'host', ['mqueue']),
  },
  {
    name: "the container's POSIX queues are invisible on the host",
    check: (target) => invisible(target, 'container', ['mqueue']),
  },
  {
    name: "neither side sees the other's POSIX shared memory",
    always: true, // the container has had its own /dev/shm since 06-pivot-root
    async check(target) {
      await invisible(target, 'host', ['posix-shm'])
      await invisible(target, 'container', ['posix-shm'])
    },
  },
  {
    name: "/dev/mqueue shows the container's queues",
    async check(target) {
      const shell = await target.live()
      const mount = parseMounts(mountinfo(shell.pid)).find(({ point }) => point === '/dev/mqueue')
      const found = mount?.type ?? 'no mount there'
      claim(found === 'mqueue', 'an mqueue file system on /dev/mqueue', found)
      const { name, command } = newObjects()
      const { output } = await shell.ask(
        [
          `${command('create')} > /mytemp/said`,
          'ls /dev/mqueue',
          `${command('remove')} >> /mytemp/said`,
        ].join('\n'),
      )
      claim(output === name, `the queue ${name} in /dev/mqueue`, quote(output))
    },
  },
]

prove('10-ipc', claims)

/** A new key and name, and the command that creates, sees or removes objects with them. */
function newObjects(): { name: string; command: (act: string) => string } {
  const [key, name] = [randomInt(1, 2 ** 31), newToken()]
  return { name, command: (act) => `${work().fixture} ipc ${act} ${key} /${name}` }
}

/** Makes objects of all kinds on one side, and claims that the other one doesn't see some kinds. */
async function invisible(
  target: Target,
  madeBy: 'host' | 'container',
  looked: Kind[],
): Promise<void> {
  const shell = await target.live()
  const { command } = newObjects()
  const outside = async (act: string) => {
    const [file, ...args] = [...target.onHost(), ...command(act).split(' ')] as [string]
    return execFileSync(file, args, { encoding: 'utf8' }).trim()
  }
  const inside = async (act: string) => (await shell.ask(command(act))).output
  const [make, look] = madeBy === 'host' ? [outside, inside] : [inside, outside]
  try {
    const made = (await make('create')).split(' ')
    for (const kind of looked) {
      const meaning = `${kinds[kind]} to be made by the ${madeBy}`
      claim(made.includes(kind), meaning, quote(made.join(' ')))
    }
    const seen = (await look('see')).split(' ')
    claim(seen[0] === 'sees:', 'an answer of the program that looks', quote(seen.join(' ')))
    const shared = looked.filter((kind) => seen.includes(kind)).map((kind) => kinds[kind])
    const meaning = `nothing that the ${madeBy} made to be seen on the other side`
    claim(shared.length === 0, meaning, shared.join(', '))
  } finally {
    await make('remove')
  }
}
