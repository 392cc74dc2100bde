// What the companion and its judge say to each other: one JSON object a line, on the judge's stdin and stdout.

import { slowness } from '../../../test/harness/slowness'

/** To the judge; `only` leaves the earlier steps out. Its end of file ends the judge, whatever way the companion ended. */
export type Request =
  | { id: number; judge: { main: string; step: string; only?: boolean } }
  | { abort: number }

/** From the judge: that it is there, with id 0, then about the request with this id. */
export type Event = { id: number } & (
  | { type: 'ready' }
  | { type: 'steps'; steps: { step: string; properties: string[] }[] }
  | { type: 'property'; step: string; property: string; failure?: Failure }
  | { type: 'end' }
  | { type: 'broken'; message: string }
)

/** Why a property does not hold, in words for the learner. */
export type Failure = {
  expected: string
  seen: string
  /** Which of the known mistakes it is; properties that fail for the same one have the same. */
  cause: string
  /** What of the kernel's the judgement rests on, when more was looked at than the property itself. */
  evidence?: string
  usually: string
  /** Each says more than the one before. */
  hints: string[]
}

/** Seconds in which a command that ends at once has ended. */
export const PATIENCE = 15 * slowness

/** The name that stands for a program that does not even run a command. */
export const START = 'it starts, runs a command and ends with its status'
