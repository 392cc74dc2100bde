// A full rehearsal: all consoles of the deck in order, twice, on one machine, as an instructor
// types them. Each shows what its slide promises, and leaves nothing once its terminals have ended.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { slides } from '../../slides/deck/record'
import { typeSlide } from '../../slides/deck/recording'
import { type Machine, startMachine } from '../../tools/guide/machine'
import { snapshot } from '../harness/host'
import { inPidNamespace, namespace, tryRead } from '../harness/proc'
import { HANG, until } from '../harness/waiting'

/**
 * What System V IPC keeps without a process, and the names of the processes that run. From outside:
 * whoever looks is none of them.
 */
function kept({ enter, pid }: Machine) {
  const [file, ...args] = [...enter, 'sh', '-c', 'tail -n +2 -q /proc/sysvipc/*']
  const { stdout } = spawnSync(file as string, args, { encoding: 'utf8' })
  const names = inPidNamespace(namespace(pid, 'pid')).map((one) => tryRead(`/proc/${one}/comm`))
  return stdout + names.toSorted().join('')
}

/** Without the mounts that were there before: some are of others, who may remove them. */
function look(machine: Machine, before?: Record<string, string>) {
  const now: Record<string, string> = { ...snapshot(machine.pid), kept: kept(machine) }
  const old = before?.mounts.split('\n') ?? []
  const added = now.mounts.split('\n').filter((line) => !old.includes(line))
  return before ? { ...now, mounts: [...old, ...added].join('\n') } : now
}

test(
  'every console, twice, on one machine',
  async () => {
    const machine = await startMachine()
    try {
      const before = look(machine)
      for (const slide of [...slides(), ...slides()]) {
        const { problems } = await typeSlide(machine, slide)
        expect(problems).toEqual([])
        const isClean = () => JSON.stringify(look(machine, before)) === JSON.stringify(before)
        if (!(await until(isClean))) expect(look(machine, before), slide[0].slide).toEqual(before)
      }
    } finally {
      await machine.close()
    }
  },
  20 * HANG,
)
