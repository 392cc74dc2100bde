// When `watch` judges: after each save, when the step changes, and when it's asked to.
import { relative } from 'node:path'
import { root } from '../../setup/project.mjs'
import { remember } from '../check'
import type { Judge } from '../client'
import type { Judgement } from '../judgement'
import { hasBegun, load, main, mine, moveTo } from '../learner'
import type { State } from './view'

/** Milliseconds from one look at the learner's files to the next. */
export const LOOK = 50

type Told = {
  /** A judgement begins. */
  begun(): void
  /** More is known. */
  changed(): void
  /** All is known. */
  ended(judgement: Judgement): void
  failed(message: string): void
}

export class Judging {
  readonly #judge: Judge
  readonly #state: State
  readonly #told: Told
  #abort = new AbortController()
  /** The learner's files, as they were judged and as they were a moment ago. */
  #judged = ''
  #seen = ''
  /** Whether the next judgement trusts none from before. */
  #isAfresh = false
  #timer: NodeJS.Timeout | undefined

  constructor(judge: Judge, state: State, told: Told) {
    this.#judge = judge
    this.#state = state
    this.#told = told
  }

  start(): void {
    this.#saved()
    // Events would miss saves in a folder that's shared with another machine.
    this.#timer = setInterval(() => this.#look(), LOOK)
  }

  async end(): Promise<void> {
    clearInterval(this.#timer)
    this.#abort.abort()
    await this.#judge.close()
  }

  /** All of it, without a change. */
  again(): void {
    this.#isAfresh = true
    this.#judged = ''
    this.#saved()
  }

  /** By another step; the program stays as it is. */
  go(step: string): void {
    if (load().step !== step) moveTo(step)
    Object.assign(this.#state, { step, judgement: undefined, scroll: 0 })
    this.#saved()
  }

  /** Judges again what has changed, but not while an editor is writing it. */
  #look(): void {
    // `jump` in another terminal has moved on: so does this one.
    const { step } = hasBegun() ? load() : this.#state
    if (step !== this.#state.step) this.go(step)
    const text = this.#text()
    if (text === this.#seen) this.#saved(text)
    this.#seen = text
  }

  readonly #text = () => JSON.stringify([this.#state.step, mine()])

  #saved(text = this.#text()): void {
    if (text === this.#judged || !hasBegun()) return
    this.#judged = text
    this.#abort.abort()
    this.#abort = new AbortController()
    void this.#rejudge(this.#abort.signal)
  }

  async #rejudge(signal: AbortSignal): Promise<void> {
    const state = this.#state
    const begin = performance.now()
    const seconds = () => (performance.now() - begin) / 1000
    state.took = undefined
    state.tookStep = undefined
    state.isOld = true
    if (!state.page) state.scroll = 0
    this.#told.begun()
    try {
      const { step } = state
      const passed = this.#isAfresh ? {} : load().passed
      this.#isAfresh = false
      const show = (judgement: Judgement) => {
        Object.assign(state, { judgement, isOld: false })
        const own = judgement.steps.find((one) => one.step === step)?.properties ?? []
        if (own.every((one) => one.holds !== undefined)) state.tookStep ??= seconds()
        this.#told.changed()
      }
      const judgement = await this.#judge.judge(
        { main: relative(root, main), step, passed },
        show,
        signal,
      )
      if (!judgement) return
      remember(judgement)
      state.judgement = judgement
      state.took = seconds()
      this.#told.ended(judgement)
    } catch (error) {
      state.took = 0
      this.#told.failed((error as Error).message)
    }
    this.#told.changed()
  }
}
