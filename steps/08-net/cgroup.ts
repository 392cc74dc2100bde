// cgroups(7): a group with limits, made on the host. The container's first process is put into it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { fail } from '#shared/cli'

type Limits = { memory: number; pids: number; cpus: number }
type Settings = { [tree: string]: { [file: string]: string | number } }

const root = '/sys/fs/cgroup'
const name = `container-${process.pid}`
const period = 100_000 // microseconds; each period allows `cpus` × period of CPU time

// cgroup v2: one tree, and each group in it has the files of all controllers.
const v2 = ({ memory, pids, cpus }: Limits): Settings => ({
  [root]: {
    'memory.max': memory,
    'memory.swap.max': 0,
    'pids.max': pids,
    'cpu.max': `${Math.round(cpus * period)} ${period}`,
  },
})

// cgroup v1, on hosts from before 2021: one tree for each controller. On v2, read on below.
const v1 = ({ memory, pids, cpus }: Limits): Settings => ({
  [`${root}/memory`]: {
    'memory.limit_in_bytes': memory,
    'memory.memsw.limit_in_bytes': memory,
  },
  [`${root}/pids`]: { 'pids.max': pids },
  [`${root}/cpu`]: {
    'cpu.cfs_period_us': period,
    'cpu.cfs_quota_us': Math.round(cpus * period),
  },
})

const isV2 = existsSync(`${root}/cgroup.controllers`)
const controllers = ['memory', 'pids', 'cpu']
const trees = isV2 ? [root] : controllers.map((controller) => `${root}/${controller}`)

/** Makes the group, sets its limits, and puts the process into it: its children are born there. */
export function limit(pid: number, limits: Limits) {
  if (isV2) enable()
  for (const [tree, files] of Object.entries(isV2 ? v2(limits) : v1(limits))) {
    if (!existsSync(tree)) fail(`this host has no cgroup controller at ${tree}`, 'see cgroups(7)')
    for (const group of groups(tree).filter(isLeftover)) remove(`${tree}/${group}`)

    mkdirSync(`${tree}/${name}`)
    for (const [file, value] of Object.entries(files)) {
      const path = `${tree}/${name}/${file}`
      if (/swap|memsw/.test(file) && !existsSync(path)) continue // this kernel doesn't count swap
      writeFileSync(path, `${value}`)
    }
    writeFileSync(`${tree}/${name}/cgroup.procs`, `${pid}`)
  }
}

/** Removes the group, which is empty now, and says so if the kernel had to kill something in it. */
export function removeCgroup() {
  for (const tree of trees.filter((tree) => groups(tree).includes(name))) {
    const events = `${tree}/${name}/memory.${isV2 ? 'events' : 'oom_control'}`
    const text = existsSync(events) ? readFileSync(events, 'utf8') : ''
    const kills = /^oom_kill ([1-9].*)/m.exec(text)?.[1]
    if (kills) {
      const killed = `the kernel killed ${kills} of the container's processes`
      console.error(`out of memory: ${killed}, see --memory`)
    }
    remove(`${tree}/${name}`)
  }
}

const groups = (tree: string) =>
  existsSync(tree) ? readdirSync(tree).filter((entry) => /^container-\d+$/.test(entry)) : []

// A group is named after its `run`. If that was killed, nobody removed the group.
const isLeftover = (group: string) =>
  group === name || !existsSync(`/proc/${group.replace('container-', '')}`)

// A controller works in child groups only if the parent's subtree_control lists it. It stays
// enabled: others may use it.
function enable() {
  const present = readFileSync(`${root}/cgroup.controllers`, 'utf8').split(/\s/)
  const missing = controllers.find((controller) => !present.includes(controller))
  if (missing)
    fail(
      `this host has no cgroup controller ${missing}`,
      `boot with cgroup_enable=${missing}, or take it from cgroup v1`,
    )
  const enabled = controllers.map((controller) => `+${controller}`)
  writeFileSync(`${root}/cgroup.subtree_control`, enabled.join(' '))
}

function remove(group: string) {
  try {
    rmdirSync(group)
  } catch {} // another run removed it, or its last process is still exiting
}
