// cgroups(7): a group with limits, made on the host, into which the first process of the container is put.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { fail } from '../../native/cli'

type Limits = { memory: number; pids: number; cpus: number }
type Settings = { [tree: string]: { [file: string]: string | number } }

const root = '/sys/fs/cgroup'
const name = `container-${process.pid}`
const period = 100_000 // microseconds; in each the container has `cpus` times as many of CPU time

// cgroup v2: one tree, and each group in it has the files of all controllers.
const v2 = ({ memory, pids, cpus }: Limits): Settings => ({
  [root]: { 'memory.max': memory, 'memory.swap.max': 0, 'pids.max': pids, 'cpu.max': `${Math.round(cpus * period)} ${period}` },
})

// cgroup v1, on hosts from before 2021: a tree for each controller. With v2, read on below.
const v1 = ({ memory, pids, cpus }: Limits): Settings => ({
  [`${root}/memory`]: { 'memory.limit_in_bytes': memory, 'memory.memsw.limit_in_bytes': memory },
  [`${root}/pids`]: { 'pids.max': pids },
  [`${root}/cpu`]: { 'cpu.cfs_period_us': period, 'cpu.cfs_quota_us': Math.round(cpus * period) },
})

const isV2 = existsSync(`${root}/cgroup.controllers`)
const trees = isV2 ? [root] : ['memory', 'pids', 'cpu'].map((controller) => `${root}/${controller}`)

/** Makes the group, sets its limits, and puts the process into it: all that it starts is born there. */
export function limit(pid: number, limits: Limits) {
  if (isV2) enable(['memory', 'pids', 'cpu'])
  for (const [tree, files] of Object.entries(isV2 ? v2(limits) : v1(limits))) {
    if (!existsSync(tree)) fail(`this host has no cgroup controller at ${tree}`, 'see cgroups(7) for how to mount it')
    const leftovers = groups(tree).filter((group) => group === name || !existsSync(`/proc/${group.replace('container-', '')}`))
    for (const group of leftovers) remove(`${tree}/${group}`)

    mkdirSync(`${tree}/${name}`)
    for (const [file, value] of Object.entries(files)) {
      if (/swap|memsw/.test(file) && !existsSync(`${tree}/${name}/${file}`)) continue // a kernel that does not count swap
      writeFileSync(`${tree}/${name}/${file}`, `${value}`)
    }
    writeFileSync(`${tree}/${name}/cgroup.procs`, `${pid}`)
  }
}

/** Removes the group, empty now that the container has ended, and says so if its memory was not enough. */
export function removeCgroup() {
  for (const tree of trees.filter((tree) => groups(tree).includes(name))) {
    const events = `${tree}/${name}/memory.${isV2 ? 'events' : 'oom_control'}`
    const kills = existsSync(events) && /^oom_kill ([1-9].*)/m.exec(readFileSync(events, 'utf8'))?.[1]
    if (kills) console.error(`out of memory: the kernel killed ${kills} of the container's processes, see --memory`)
    remove(`${tree}/${name}`)
  }
}

const groups = (tree: string) => (existsSync(tree) ? readdirSync(tree).filter((entry) => /^container-\d+$/.test(entry)) : [])

// A controller works in the groups of a tree when the tree's subtree_control has it. It stays there: others may use it.
function enable(controllers: string[]) {
  const present = readFileSync(`${root}/cgroup.controllers`, 'utf8').split(/\s/)
  const missing = controllers.find((controller) => !present.includes(controller))
  if (missing) fail(`this host has no cgroup controller ${missing}`, `boot with cgroup_enable=${missing}, or take it from cgroup v1`)
  writeFileSync(`${root}/cgroup.subtree_control`, controllers.map((controller) => `+${controller}`).join(' '))
}

function remove(group: string) {
  try {
    rmdirSync(group)
  } catch {} // removed by another run, or its last process is on the way out: then the next run removes it
}
