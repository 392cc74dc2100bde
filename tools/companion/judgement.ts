// What is known about a program while it is judged, and afterwards.

/**
 * Which program, by which step; `only` leaves out the earlier steps. `passed` are the keys of the
 * steps that held before.
 */
export type Asked = { main: string; step: string; only?: boolean; passed?: Record<string, string> }

/** To the judge, a JSON object a line: it ends what was asked before, and asks for this, if any. */
export type Request = { id: number; asked?: Asked }

/** From the judge: with id 0 that it's ready, then news about the request with this id. */
export type News = { id: number; judgement?: Judgement; ended?: boolean; broken?: string }

export type Judgement = {
  program: string
  /** The step that the program is meant to be. */
  step: string
  /** Whether everything holds; undefined if that isn't known. */
  holds?: boolean
  /** Why nothing more could be judged. */
  start?: Property
  steps: JudgedStep[]
  /** Errors that ended the program while its claims were judged, each once. */
  errors?: (Property & { step: string })[]
  /** What the type checker says. */
  findings?: Finding[]
}

/** `key` says what the verdict is about; `kept` that it is from before, about the same. */
export type JudgedStep = { step: string; key?: string; kept?: boolean; properties: Property[] }

/** A mistake that the type checker found, with the lines around it. */
export type Finding = { file: string; line: number; message: string; code: string[] }

/**
 * `holds` stays undefined until it's known, and for good if it couldn't be judged. What this
 * machine can't check on any program counts as if it held, and `unjudged` says why.
 */
export type Property = { name: string } & Verdict
export type Verdict = { holds?: boolean; failure?: Failure; unjudged?: string }

/** Why a property doesn't hold, in words for the learner. */
export type Failure = {
  expected: string
  seen: string
  /** The program's own message, and its lines that led there, the innermost first. */
  error?: { message: string; places: string[] }
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

/** The property of a program that is ended by no error. */
export const NO_ERROR = 'it runs without an error'

/** Each property with its step; first what keeps others from being judged. */
export function allOf({
  step,
  start,
  errors = [],
  steps,
}: Judgement): (Property & { step: string })[] {
  const first = start ? [{ step, ...start }] : []
  const rest = steps.flatMap(({ step, properties }) =>
    properties.map((property) => ({ step, ...property })),
  )
  return [...first, ...errors, ...rest]
}

/** Whether all of them hold; undefined if that isn't known. */
export function allHold(properties: Property[]): boolean | undefined {
  if (properties.some(({ holds }) => holds === false)) return false
  return properties.every(({ holds }) => holds) || undefined
}

/** How many of its steps' properties are decided: `3 of 9`. */
export function progressOf({ steps }: Judgement): string {
  const all = steps.flatMap(({ properties }) => properties)
  const done = all.filter(({ holds, unjudged }) => holds !== undefined || unjudged)
  return `${done.length} of ${all.length}`
}

/** Properties that fail for the same reason are explained once. */
export type Trouble = { step: string; names: string[]; failure: Failure }

export function troubles(judgement: Judgement): Trouble[] {
  const found: Trouble[] = []
  for (const { step, name, failure } of allOf(judgement)) {
    if (!failure) continue
    const same = found.find((one) => one.failure.cause === failure.cause)
    if (same) same.names.push(name)
    else found.push({ step, names: [name], failure })
  }
  return found
}
