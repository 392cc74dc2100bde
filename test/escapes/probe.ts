// What a probe is: a way out of a container, and the step that stops it.
import { existsSync } from 'node:fs'
import { quote } from '../harness/claim'
import { lastOfRoot, steps } from '../harness/target'
import { type Lab, onHost, opensForWriting } from './lab'

export type Outcome = 'stopped' | 'possible'

export interface Attempt {
  /** `absent`: the host itself lacks what the probe is after. */
  outcome: Outcome | 'absent'
  /** What was seen, in words. */
  seen: string
}

export interface Probe {
  name: string
  /** Why it can be done, or why not. */
  why: string
  /** The step from which on it is stopped, and what does that. */
  stoppedBy: [step: number, how: string]
  /** Tries it, and judges by what is seen from the host. */
  try(lab: Lab): Promise<Attempt>
}

/** The steps from whose containers they are tried: the last of part one, and part two. */
export const triedFrom = () => steps().filter((step) => Number.parseInt(step, 10) >= 10)

/** Step 14 also as an ordinary user: the first that needs no root. */
export const triedRootless = () => triedFrom().filter((step) => step > lastOfRoot)

/** What comes of it in a step's container. */
export const outcomeOf = ({ stoppedBy: [step] }: Probe, of: string): Outcome =>
  Number.parseInt(of, 10) < step ? 'possible' : 'stopped'

export const judge = (isOut: boolean, seen: string): Attempt => ({
  outcome: isOut ? 'possible' : 'stopped',
  seen: quote(seen),
})
export const absent = (seen: string): Attempt => ({ outcome: 'absent', seen })

/** Whether the container may write to a file of the kernel that exists only once. */
export async function writable(lab: Lab, file: string): Promise<Attempt> {
  if (!existsSync(file)) return absent(`this kernel has no ${file}`)
  const { held, said } = await opensForWriting(lab, file)
  return judge(held, said)
}

/** A call that first asks whether one may, and then refuses its arguments, or does no harm. */
export async function capable(lab: Lab, act: string): Promise<Attempt> {
  const allowed = onHost(lab, act)
  if (!isOpen(allowed)) return absent(`the host itself: ${allowed}`)
  const { output } = await lab.shell.ask(`${lab.program} ${act}`)
  return judge(isOpen(output), output)
}

/** Whether any of the answers, a line each, says something else than that one may not. */
export const isOpen = (answers: string) =>
  answers.split('\n').some((line) => !/ENOSYS|EPERM|EACCES|EAFNOSUPPORT/.test(line))
