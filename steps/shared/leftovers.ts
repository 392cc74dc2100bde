// Groups that killed runs left.
import { existsSync } from 'node:fs'
import { readdirSync, rmdirSync } from './cgroupfs'

/** Removes the empty groups called container-PID, if the run with that PID has ended. */
export function removeLeftovers(root: string): void {
  for (const group of readdirSync(root).filter((name) => /^container-\d+$/.test(name))) {
    if (existsSync(`/proc/${group.slice('container-'.length)}`)) continue
    try {
      rmdirSync(`${root}/${group}`)
    } catch {} // another run removed it, or a process has survived its run
  }
}
