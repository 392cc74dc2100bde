// One session of `watch`: what is judged, what is shown, what the keys do.
import { relative } from 'node:path'
import { root } from '../../setup/project.mjs'
import { steps } from '../../setup/steps.mjs'
import { say } from '../../setup/terminal.mjs'
import { remember } from '../check'
import type { Judge } from '../client'
import { changes } from '../diff/change'
import { show } from '../diff/show'
import { reset } from '../jump'
import { hasBegun, load, main, mine, moveTo, reference } from '../learner'
import { report } from '../report'
import { troubles } from '../judgement'
import { wrap } from '../text'
import { type Key, Screen } from './screen'
import { help, keys, type State, view } from './view'

/** Milliseconds from one look at the learner's files to the next. */
const LOOK = 100

export class Session {
  readonly #judge: Judge
  readonly #screen = new Screen()
  readonly #state: State
  #abort = new AbortController()
  /** The learner's files, as they were judged and as they were a moment ago. */
  #judged = ''
  #seen = ''
  /** A key that has to be pressed twice. */
  #asked: string | undefined
  #end: () => void = () => {}

  constructor(judge: Judge) {
    this.#judge = judge
    this.#state = { step: load().step, hints: {}, scroll: 0 }
  }

  async run(): Promise<void> {
    const ended = new Promise<void>((done) => {
      this.#end = done
    })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, this.#end)
    this.#screen.enter(
      (key) => this.#key(key),
      () => this.#draw(),
    )
    const ways = process.stdin.isTTY ? keys : 'Ctrl-C quits.'
    this.#screen.print([`Watching my-container/ at ${this.#state.step}. ${ways}`])
    this.#saved()
    // Events would miss saves in a folder that's shared with another machine.
    const timer = setInterval(() => this.#look(), LOOK)
    await ended
    clearInterval(timer)
    this.#screen.close()
    this.#abort.abort()
    await this.#judge.close()
    say(`You are at ${this.#state.step}. To continue from here: npm run watch`)
  }

  /** Judges again what has changed, but not while an editor is writing it. */
  #look(): void {
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
    state.took = undefined
    state.scroll = 0
    this.#screen.print(['… judging'])
    this.#draw()
    try {
      const asked = { main: relative(root, main), step: state.step }
      const judgement = await this.#judge.judge(
        asked,
        (judgement) => {
          state.judgement = judgement
          this.#draw()
        },
        signal,
      )
      if (!judgement) return
      remember(judgement)
      state.judgement = judgement
      state.took = (performance.now() - begin) / 1000
      this.#screen.print(
        report(judgement, {
          width: Math.min(this.#screen.columns, 100),
          hints: this.#hints,
          most: 1,
        }),
      )
    } catch (error) {
      state.took = 0
      this.#tell((error as Error).message)
    }
    this.#draw()
  }

  readonly #hints = ({ failure }: { failure: { cause: string } }) =>
    this.#state.hints[failure.cause] ?? 0

  #draw(): void {
    const { columns, rows } = this.#screen
    const { lines, scroll } = view(this.#state, { columns, rows })
    this.#state.scroll = scroll
    this.#screen.draw(lines)
  }

  readonly #actions: Record<string, (again: boolean) => unknown> = {
    h: () => this.#hint(),
    d: () => this.#diff(),
    s: () => this.#reference(),
    n: (again) => this.#next(again),
    r: (again) => this.#reset(again),
    q: () => this.#end(),
    '?': () => this.#open('Keys', wrap(help, this.#screen.columns)),
  }

  #key({ name = '', ctrl, sequence = '' }: Key) {
    if (ctrl && name === 'c') return this.#end()
    if (ctrl && name === 'z') return this.#screen.suspend(() => this.#draw())
    const lines = scrolling(name, this.#screen.rows - 8)
    const again = this.#asked === sequence
    this.#asked = undefined
    this.#state.message = undefined
    if (lines) this.#state.scroll += lines
    else if (this.#state.page) this.#open()
    else this.#actions[sequence]?.(again)
    this.#draw()
  }

  /** Shows a page, or closes it. */
  #open(title?: string, lines: string[] = []): void {
    this.#state.page = title === undefined ? undefined : { title, lines }
    this.#state.scroll = 0
    if (title !== undefined) this.#screen.print([title, '', ...lines])
  }

  #tell(message: string): void {
    this.#state.message = message
    this.#screen.print([message])
  }

  #hint() {
    const failure = this.#state.judgement && troubles(this.#state.judgement)[0]?.failure
    if (!failure) return this.#tell("Nothing fails, so there's no hint to give.")
    const { hints } = this.#state
    const level = Math.min((hints[failure.cause] ?? 0) + 1, failure.hints.length)
    hints[failure.cause] = level
    this.#state.scroll = Number.MAX_SAFE_INTEGER
    const hint = failure.hints[level - 1] ?? 'there is none'
    this.#screen.print([`hint ${level}/${failure.hints.length}  ${hint}`])
  }

  async #diff(): Promise<void> {
    const { step } = this.#state
    const folder = 'my-container'
    const found = changes({ files: mine(), folder }, { files: reference(step), folder })
    const lines = await show(found, { columns: this.#screen.columns })
    this.#open(`mine → ${step}`, found.length ? lines.slice(1) : ['There is no difference.'])
    this.#draw()
  }

  #reference(): void {
    const { step } = this.#state
    const { columns } = this.#screen
    const long = (line: string) => line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? ['']
    const lines = Object.entries(reference(step)).flatMap(([name, text]) => [
      `── ${name}`,
      ...text.trimEnd().split('\n').flatMap(long),
      '',
    ])
    this.#open(`The reference of ${step}`, lines)
  }

  #next(sure: boolean) {
    const { step, judgement } = this.#state
    const next = steps()[steps().indexOf(step) + 1]
    if (next === undefined) return this.#tell(`${step} is the last step.`)
    if (!judgement?.holds && !sure) {
      this.#asked = 'n'
      return this.#tell(`Not all of ${step} holds yet. Press n again to go to ${next} anyway.`)
    }
    moveTo(next)
    Object.assign(this.#state, { step: next, judgement: undefined, scroll: 0 })
    this.#saved()
  }

  #reset(sure: boolean) {
    const { step } = this.#state
    if (!sure) {
      this.#asked = 'r'
      return this.#tell(
        "Press r again to replace your code with the previous step's (yours is backed up).",
      )
    }
    this.#tell(reset(step))
    this.#saved()
  }
}

/** By how many lines a key scrolls. */
function scrolling(key: string, page: number): number | undefined {
  const by: Record<string, number> = {
    down: 1,
    up: -1,
    j: 1,
    k: -1,
    space: page,
    pagedown: page,
    b: -page,
    pageup: -page,
  }
  return by[key]
}
