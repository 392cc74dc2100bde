// What is known about a program while it is judged and afterwards.
import type { Event, Failure } from './judge/protocol'

type Property = { name: string; holds?: boolean; failure?: Failure }

export type Judgement = {
  program: string
  /** The step by which, with all before, it is judged. */
  step: string
  /** Whether all holds; undefined as long as it is not known. */
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

  #property({ step, property, failure }: Extract<Event, { type: 'property' }>): void {
    const found = { name: property, holds: failure === undefined, ...(failure && { failure }) }
    const list = this.judgement.steps.find((one) => one.step === step)?.properties ?? []
    const place = list.findIndex(({ name }) => name === property)
    if (place >= 0) list[place] = found
    else this.judgement.start = found
  }

  finish(): Judgement {
    const all = [
      this.judgement.start,
      ...this.judgement.steps.flatMap(({ properties }) => properties),
    ]
    this.judgement.holds = all.every((property) => property?.holds === true)
    return this.judgement
  }
}

/** Properties that fail for the same reason are explained once. */
export type Trouble = { step: string; names: string[]; failure: Failure }

export function troubles({ step, start, steps }: Judgement): Trouble[] {
  const failed = [{ step, properties: start?.failure ? [start] : [] }, ...steps].flatMap(
    ({ step, properties }) =>
      properties.flatMap(({ name, failure }) => (failure ? [{ step, name, failure }] : [])),
  )
  const found: Trouble[] = []
  for (const { step, name, failure } of failed) {
    const same = found.find((one) => one.failure.cause === failure.cause)
    if (same) same.names.push(name)
    else found.push({ step, names: [name], failure })
  }
  return found
}
