// One session of `watch`: what is judged, what is shown, what the keys do.
import { steps } from '../../setup/steps.mjs'
import { say } from '../../setup/terminal.mjs'
import type { Judge } from '../client'
import { reset } from '../jump'
import { load } from '../learner'
import { report } from '../report'
import { type Judgement, troubles } from '../judgement'
import { wrap } from '../text'
import { editorAt, openEditor, placeOf } from './editor'
import { Judging } from './judging'
import { differencePage, listPage, type Page, quizPage, referencePage } from './pages'
import { type Key, Screen } from './screen'
import { help, keys, type State, view } from './view'

export class Session {
  readonly #judging: Judging
  readonly #screen = new Screen()
  readonly #state: State
  /** A key that has to be pressed twice. */
  #asked: string | undefined
  #end: () => void = () => {}

  constructor(judge: Judge) {
    this.#state = { step: load().step, hints: {}, scroll: 0 }
    this.#judging = new Judging(judge, this.#state, {
      begun: () => this.#begun(),
      changed: () => this.#draw(),
      ended: (judgement) => this.#ended(judgement),
      failed: (message) => this.#tell(message),
    })
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
    this.#judging.start()
    await ended
    this.#screen.close()
    await this.#judging.end()
    say(`You are at ${this.#state.step}. To continue from here: npm run watch`)
  }

  #begun(): void {
    this.#screen.print(['… judging'])
    this.#draw()
  }

  #ended(judgement: Judgement): void {
    const width = Math.min(this.#screen.columns, 100)
    this.#screen.print(report(judgement, { width, hints: this.#hints, most: 1 }))
  }

  readonly #hints = ({ failure }: { failure: { cause: string } }) =>
    this.#state.hints[failure.cause] ?? 0

  #draw(): void {
    const { columns, rows } = this.#screen
    const { page, judgement } = this.#state
    if (page?.choice) this.#state.page = listPage(judgement, page.choice.chosen, columns)
    const { lines, scroll } = view(this.#state, { columns, rows })
    this.#state.scroll = scroll
    this.#screen.draw(lines)
  }

  readonly #actions: Record<string, (again: boolean) => unknown> = {
    h: () => this.#hint(),
    d: () => this.#diff(),
    s: () => this.#open(referencePage(this.#state.step, this.#screen.columns)),
    e: () => this.#edit(),
    a: () => this.#judging.again(),
    n: (again) => this.#next(again),
    p: () => this.#previous(),
    l: () => this.#list(steps().indexOf(this.#state.step)),
    t: () => this.#quiz(),
    r: (again) => this.#reset(again),
    q: () => this.#end(),
    '?': () => this.#open({ title: 'Keys', lines: wrap(help, this.#screen.columns) }),
  }

  #key({ name = '', ctrl, sequence = '' }: Key) {
    if (ctrl && name === 'c') return this.#end()
    if (ctrl && name === 'z') return this.#screen.suspend(() => this.#draw())
    if (this.#state.page?.choice && this.#choose(name, this.#state.page.choice.chosen)) return
    const lines = scrolling(name, this.#screen.rows - 8)
    const again = this.#asked === sequence
    this.#asked = undefined
    this.#state.message = undefined
    if (lines) this.#state.scroll += lines
    else if (this.#state.page)
      this.#open(sequence === 't' ? this.#state.page.next?.page() : undefined)
    else this.#actions[sequence]?.(again)
    this.#draw()
  }

  /** Shows a page, or closes it. */
  #open(page?: Page): void {
    this.#state.page = page
    this.#state.scroll = 0
    if (page) this.#screen.print([page.title, '', ...page.lines])
    this.#draw()
  }

  #list(chosen: number): void {
    this.#open(listPage(this.#state.judgement, chosen, this.#screen.columns))
  }

  /** Moves in the list of steps; false if the key means something else. */
  #choose(key: string, chosen: number): boolean {
    const last = steps().length - 1
    if (key === 'up' || key === 'k') this.#list(Math.max(0, chosen - 1))
    else if (key === 'down' || key === 'j') this.#list(Math.min(last, chosen + 1))
    else if (key === 'return') {
      this.#open()
      this.#judging.go(steps()[chosen] as string)
    } else return false
    return true
  }

  #quiz(): void {
    const page = quizPage(this.#state.step, this.#screen.columns)
    if (page) this.#open(page)
    else this.#tell(`There are no questions about ${this.#state.step}.`)
  }

  async #edit(): Promise<void> {
    const place = placeOf(this.#state.judgement)
    const editor = editorAt(place)
    const name = `my-container/${place.file}:${place.line}`
    if (!editor) return this.#tell(`Which editor? Set EDITOR to its name; the line is ${name}`)
    const problem = await this.#screen.lend(() => openEditor(editor), editor.isWindow)
    this.#tell(problem ?? `Opened ${name}.`)
    this.#draw()
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
    this.#open(await differencePage(this.#state.step, this.#screen.columns))
  }

  #next(sure: boolean) {
    const { step, judgement } = this.#state
    const next = steps()[steps().indexOf(step) + 1]
    if (next === undefined) return this.#tell(`${step} is the last step.`)
    if (!judgement?.holds && !sure) {
      this.#asked = 'n'
      const why = judgement?.holds === false ? 'holds' : 'is known to hold'
      return this.#tell(`Not all of ${step} ${why} yet. Press n again to go to ${next} anyway.`)
    }
    this.#judging.go(next)
  }

  #previous() {
    const before = steps()[steps().indexOf(this.#state.step) - 1]
    if (before) this.#judging.go(before)
    else this.#tell('This is the first step.')
  }

  #reset(sure: boolean) {
    const { step } = this.#state
    if (!sure) {
      this.#asked = 'r'
      return this.#tell(
        "Press r again to replace your code with the previous step's (yours is backed up).",
      )
    }
    this.#tell(reset(step)) // which is a save
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
