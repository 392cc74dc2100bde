import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mountinfo, namespace, parseMounts } from './harness/proc'
import { type Claim, claim, quote } from './harness/claim'
import { newToken, type Target } from './harness/target'
import { work } from './harness/work'
import { prove } from './harness/prove'

const kinds = {
  shm: 'System V shared memory',
  msg: 'a System V queue',
  sem: 'a System V semaphore',
  mqueue: 'a POSIX queue',
  'posix-shm': 'POSIX shared memory',
}
type Kind = keyof typeof kinds

/** Makes objects of all kinds on one side and claims that the other side does not see some of them. */
async function invisible(
  target: Target,
  madeBy: 'host' | 'container',
  looked: Kind[],
): Promise<void> {
  const shell = await target.live()
  const [key, name] = [randomInt(1, 2 ** 31), `/${newToken()}`]
  const command = (act: string) => [work().fixture, 'ipc', act, String(key), name]
  const outside = async (act: string) => {
    const [file, ...args] = [...target.onHost(), ...command(act)] as [string, ...string[]]
    return execFileSync(file, args, { encoding: 'utf8' }).trim()
  }
  const inside = async (act: string) => (await shell.ask(command(act).join(' '))).output
  const [make, look] = madeBy === 'host' ? [outside, inside] : [inside, outside]
  try {
    const made = (await make('create')).split(' ')
    for (const kind of looked)
      claim(
        made.includes(kind),
        `${kinds[kind]} to be made by the ${madeBy}`,
        quote(made.join(' ')),
      )
    const seen = (await look('see')).split(' ')
    claim(seen[0] === 'sees:', 'an answer of the program that looks', quote(seen.join(' ')))
    const shared = looked.filter((kind) => seen.includes(kind)).map((kind) => kinds[kind])
    claim(
      shared.length === 0,
      `nothing that the ${madeBy} made to be seen on the other side`,
      shared.join(', '),
    )
  } finally {
    await make('remove')
  }
}

const sysv: Kind[] = ['shm', 'msg', 'sem']

export const claims: Claim[] = [
  {
    name: 'the command has its own ipc namespace',
    async check(target) {
      const shell = await target.live()
      const [inside, outside] = [namespace(shell.pid, 'ipc'), target.outside('ipc')]
      claim(inside !== outside, `another ipc namespace than the host's ${outside}`, inside)
    },
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
    always: true, // since 06-pivot-root there is a /dev/shm of the container's own
    async check(target) {
      await invisible(target, 'host', ['posix-shm'])
      await invisible(target, 'container', ['posix-shm'])
    },
  },
  {
    name: "/dev/mqueue shows the container's queues",
    async check(target) {
      const shell = await target.live()
      const mount = parseMounts(mountinfo(shell.pid)).find((mount) => mount.point === '/dev/mqueue')
      claim(
        mount?.type === 'mqueue',
        'an mqueue file system on /dev/mqueue',
        mount?.type ?? 'no mount there',
      )
      const [key, name] = [randomInt(1, 2 ** 31), `/${newToken()}`]
      const { output } = await shell.ask(
        `${work().fixture} ipc create ${key} ${name} > /mytemp/said; ls /dev/mqueue; ${work().fixture} ipc remove ${key} ${name} >> /mytemp/said`,
      )
      claim(output === name.slice(1), `the queue ${name} in /dev/mqueue`, quote(output))
    },
  },
]

prove('09-ipc', claims)
