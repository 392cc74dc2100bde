// What many containers cost the program that starts them, and what 50 of them leave.
import { execFile } from 'node:child_process'
import * as path from 'node:path'
import { promisify } from 'node:util'
import { differences, snapshot } from '../harness/host'
import { newToken, steps, Target } from '../harness/target'
import { until } from '../harness/waiting'
import { repository } from '../harness/work'
import type { Cost } from './starter'

export type LoadOptions = { sequential: number; parallel: number }

/** CPU time of the last starts against the first: more is a cost that grows. */
const slowest = 1.5
/** Bytes per container after the warm-up; leaking only a start's arguments would be more. */
const leak = 8192
/** Bytes that a heap gains and loses without a leak. */
const noise = 8 * 2 ** 20

/** Starts containers through the addon, in a separate program. */
export async function startMany({ sequential, parallel }: LoadOptions): Promise<Cost> {
  const program = path.join(repository, 'test/stress/starter.ts')
  const node = ['--expose-gc', '--require', require.resolve('tsx/cjs'), program]
  const words = [...node, String(sequential), String(parallel)]
  const { stdout } = await promisify(execFile)(process.execPath, words)
  return JSON.parse(stdout)
}

/** What is wrong with that, in words. `timed`: there were enough starts to compare. */
export function judge(cost: Cost, { sequential }: LoadOptions, timed = true): string[] {
  const faults: string[] = []
  if (cost.failed > 0) faults.push(`${cost.failed} containers ended with another status than 0`)
  if (cost.descriptors.after > cost.descriptors.before)
    faults.push(`descriptors: ${cost.descriptors.before} before, ${cost.descriptors.after} after`)
  const growth = cost.memory.after - cost.memory.before
  if (growth > noise + leak * sequential)
    faults.push(`memory grew by ${growth} bytes over ${sequential} containers`)
  if (timed && cost.ratio > slowest)
    faults.push(`the last starts took ${cost.ratio.toFixed(2)} times the CPU time of the first`)
  return faults
}

/** Whole runs of the last step at once; gives what is wrong, in words. */
export async function runAtOnce(parallel: number): Promise<string[]> {
  const target = Target.step(steps().at(-1) as string)
  try {
    const host = await target.ownHost()
    await target.sweep()
    const before = snapshot(host)
    const started = Array.from({ length: parallel }, () =>
      target.start(['/bin/sh', '-c', 'read -r line', newToken()]),
    )
    for (const one of started) one.child.stdin?.end('go\n')
    const ended = await Promise.all(started.map((one) => one.ended(3000)))
    const failed = ended.filter(({ status, stderr }) => status !== 0 || stderr !== '')
    await until(() => differences(before, snapshot(host)).length === 0)
    return [
      ...failed.map(({ status, stderr }) => `a run ended with ${status}: ${stderr}`),
      ...differences(before, snapshot(host)),
    ]
  } finally {
    await target.close()
  }
}
