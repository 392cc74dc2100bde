// The processes of a container that runs, as the host sees them.
import { readdirSync, readFileSync } from 'node:fs'

/** The pid of each process -> the pids of its children. */
export function families() {
  const children = new Map()
  for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${name}/status`))?.[1])
    if (!children.has(parent)) children.set(parent, [])
    children.get(parent).push(Number(name))
  }
  return children
}

/** A process and all that come from it. */
export function tree(pid, children = families()) {
  const found = [pid]
  for (const one of found) found.push(...(children.get(one) ?? []))
  return found
}

/** Its arguments. */
export const argumentsOf = (pid) => read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1)

/** Its proportional set size in KiB: its memory, and its share of what it has in common with others. */
export const pss = (pid) =>
  Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // it has ended
  }
}
