// What is known about a program while it is judged, and afterwards.
import type { Event, Failure, Verdict } from './judge/protocol'

/** `holds` stays undefined until it's known, and for good if it couldn't be judged. */
type Property = { name: string; holds?: boolean } & Verdict

export type Judgement = {
  program: string
  /** The step that the program is meant to be. */
  step: string
  /** Whether everything holds; undefined if that isn't known. */
  holds?: boolean
  /** Why nothing more could be judged. */
  start?: Property
  steps: { step: string; properties: Property[] }[]
}

export class Result {
  readonly judgement: Judgement

  constructor(program: string, step: string) {
    this.judgement = { program, step, steps: [] }
  }

  add(event: Event): void {
    if (event.type === 'steps')
      this.judgement.steps = event.steps.map(({ step, properties }) => ({
        step,
        properties: properties.map((name) => ({ name })),
      }))
    if (event.type === 'property') this.#property(event)
  }

  #property(event: Extract<Event, { type: 'property' }>): void {
    const { step, property: name, failure, unjudged } = event
    const found: Property = unjudged
      ? { name, unjudged }
      : { name, holds: failure === undefined, ...(failure && { failure }) }
    const list = this.judgement.steps.find((one) => one.step === step)?.properties ?? []
    const place = list.findIndex((one) => one.name === name)
    if (place >= 0) list[place] = found
    else this.judgement.start = found
  }

  finish(): Judgement {
    const all = allOf(this.judgement)
    const failed = all.some(({ holds }) => holds === false)
    this.judgement.holds = failed ? false : all.every(({ holds }) => holds) || undefined
    return this.judgement
  }
}

/** Each property with its step; first that the program starts, if it doesn't. */
export function allOf({ step, start, steps }: Judgement): (Property & { step: string })[] {
  const first = { step, properties: start ? [start] : [] }
  return [first, ...steps].flatMap(({ step, properties }) =>
    properties.map((property) => ({ step, ...property })),
  )
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
