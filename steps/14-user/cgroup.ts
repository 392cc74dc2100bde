// cgroups(7): a directory is a group, a file in it is a limit.
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from '#shared/cgroupfs'
import { removeLeftovers } from '#shared/leftovers'

const root = '/sys/fs/cgroup'
const group = `${root}/container-${process.pid}`

type Limits = { memory: number; pids: number; cpus: number }

/** Makes a group with limits and puts the process into it: what it starts is born there. */
export function limit(pid: number, { memory, pids, cpus }: Limits) {
  removeLeftovers(root)
  writeFileSync(`${root}/cgroup.subtree_control`, '+memory +pids +cpu')
  mkdirSync(group)
  writeFileSync(`${group}/memory.max`, `${memory}`)
  writeFileSync(`${group}/memory.swap.max`, '0')
  writeFileSync(`${group}/pids.max`, `${pids}`)
  writeFileSync(`${group}/cpu.max`, `${Math.round(cpus * 100_000)} 100000`)
  writeFileSync(`${group}/cgroup.procs`, `${pid}`)
}

/** Removes the group, which is empty now, and says so if the kernel had to kill something in it. */
export function removeCgroup() {
  const [, kills] = /^oom_kill ([1-9].*)/m.exec(readFileSync(`${group}/memory.events`)) ?? []
  if (kills) console.error(`out of memory: the kernel killed ${kills} of its processes (--memory)`)
  rmdirSync(group)
}
