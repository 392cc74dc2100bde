// What the companion and its judge tell each other: a JSON object a line, on stdin and stdout.

/** To the judge; `only` leaves out the earlier steps. The end of the file ends the judge. */
export type Request =
  | { id: number; judge: { main: string; step: string; only?: boolean } }
  | { abort: number }

/** From the judge: with id 0 that it's ready, then news about the request with this id. */
export type Event = { id: number } & (
  | { type: 'ready' }
  | { type: 'steps'; steps: { step: string; properties: string[] }[] }
  | ({ type: 'property'; step: string; property: string } & Verdict)
  | { type: 'end' }
  | { type: 'broken'; message: string }
)

/** Without either, the property holds. */
export type Verdict = { failure?: Failure; unjudged?: string }

/** Why a property doesn't hold, in words for the learner. */
export type Failure = {
  expected: string
  seen: string
  /** The known mistake behind it; several properties can fail because of one. */
  cause: string
  /** What the kernel says, if more was asked than the property itself did. */
  evidence?: string
  usually: string
  /** Each says more than the one before. */
  hints: string[]
}

/** The property of a program that runs commands at all. */
export const START = 'it starts, runs a command and exits with its status'
