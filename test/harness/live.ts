// A container with a shell in it, to ask questions.
import { claim, quote } from './claim'
import { outcome } from './outcome'
import type { Started } from './started'
import { soon } from './waiting'

/** A container with a shell as its command, `sh -s TOKEN`, which reads questions from its stdin. */
export class Live {
  readonly started: Started
  readonly token: string
  /** The pid of the shell on the host. */
  pid = 0
  #asked = 0
  #queue: Promise<unknown> = Promise.resolve()

  constructor(started: Started, token: string) {
    this.started = started
    this.token = token
  }

  /** The pid of the run process. */
  get runPid(): number {
    return this.started.pid
  }

  async up(): Promise<void> {
    const { status, output } = await this.ask('echo up')
    claim(status === 0 && output === 'up', 'a shell in the container', quote(output))
    this.pid = await this.started.commandPid()
  }

  /** Has the shell do something; gives what it wrote on stdout and stderr. */
  ask(script: string): Promise<{ status: number; output: string }> {
    const answer = this.#queue.then(() => this.#ask(script))
    this.#queue = answer.catch(() => {})
    return answer
  }

  async #ask(script: string): Promise<{ status: number; output: string }> {
    const { child } = this.started
    const mark = `<${this.token} ${++this.#asked} `
    const begin = `${mark}begins>\n`
    const from = this.started.stdout.length
    // What the program itself says meanwhile stands before the beginning.
    child.stdin?.write(`printf '%s\\n' '${begin.trim()}'\n{\n${script}\n} 2>&1\n`)
    child.stdin?.write(`printf '\\n%s%s>\\n' '${mark}' $?\n`)
    const said = () => this.started.stdout.slice(from).split(begin).at(-1) ?? ''
    await soon(() => answerIn(said(), mark) ?? !this.started.running, 300, this.started.changed)
    const answer = answerIn(said(), mark)
    claim(
      answer !== undefined,
      `a shell in the container that answers to \`${script}\``,
      `${this.started.running ? 'no answer' : 'its end'}; it wrote ${quote(said())} and on ` +
        `stderr ${quote(this.started.stderr)}`,
    )
    return answer
  }

  /** Lets the shell end by itself, or ends it. */
  async end(): Promise<void> {
    const { started } = this
    started.child.stdin?.end()
    await outcome(started.pid, () => !started.running, started.gone)
    await started.kill()
  }
}

/** What stands before the mark, and the status behind it. */
function answerIn(text: string, mark: string): { status: number; output: string } | undefined {
  const at = text.indexOf(mark)
  const status = at < 0 ? undefined : /^(\d+)>/.exec(text.slice(at + mark.length))?.[1]
  return status === undefined ? undefined : { status: +status, output: text.slice(0, at).trim() }
}
