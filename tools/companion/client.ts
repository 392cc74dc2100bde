// The companion's side of the judge: starts it as root, asks it, ends it.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { at, root } from '../setup/project.mjs'
import { asRoot } from '../setup/root.mjs'
import { Problem } from '../setup/terminal.mjs'
import type { Asked, Finding, Judgement, News, Request } from './judgement'
import { findings } from './types'

/** The exit status when a program couldn't be judged. */
export const UNJUDGED = 3

export class Judge {
  readonly #child: ChildProcess
  readonly #closed: Promise<void>
  readonly #listeners = new Map<number, (news: News) => void>()
  #last = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stdin?.on('error', () => {}) // if the judge is gone, its end says so
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const news = JSON.parse(line) as News
      this.#listeners.get(news.id)?.(news)
    })
    this.#closed = new Promise((done) => {
      child.once('error', () => done())
      child.once('close', () => done())
    })
  }

  /** Starts it; sudo may ask for a password. */
  static async start(): Promise<Judge> {
    const program = at('tools', 'companion', 'judge', 'main.ts')
    const argv = asRoot([
      process.execPath,
      '--require',
      at('steps', 'shared', 'loader.cjs'),
      program,
    ])
    const [file, ...args] = argv as [string, ...string[]]
    const judge = new Judge(spawn(file, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] }))
    const ready = new Promise<boolean>((done) => judge.#listeners.set(0, () => done(true)))
    if (!(await Promise.race([ready, judge.#closed])))
      throw new Problem(
        "The judge runs your program, so it has to be root, but it couldn't be started as root.",
        UNJUDGED,
      )
    return judge
  }

  /** Judges a program; `progress` gets what is known so far. Undefined if it was aborted. */
  async judge(
    asked: Asked,
    progress: (judgement: Judgement) => void = () => {},
    signal?: AbortSignal,
  ): Promise<Judgement | undefined> {
    const id = ++this.#last
    let last: Judgement | undefined
    let found: Finding[] | undefined
    const complete = (judgement: Judgement) => ({ ...judgement, findings: found })
    const checked = findings(asked.main, signal).then((all) => {
      found = all
      if (last && !signal?.aborted) progress(complete(last))
    })
    const abort = () => this.#send({ id })
    signal?.addEventListener('abort', abort)
    try {
      const ended = new Promise<News>((done) => {
        this.#listeners.set(id, (news) => {
          if (news.ended || news.broken) done(news)
          else if (news.judgement && !signal?.aborted) {
            last = news.judgement
            progress(complete(last))
          }
        })
      })
      this.#send({ id, asked })
      const news = await Promise.race([ended, this.#closed])
      if (signal?.aborted) return undefined
      await checked
      last = undefined
      if (news?.judgement) return complete(news.judgement)
      const why = news?.broken ?? 'the judge has ended; run this again'
      throw new Problem(`Your program couldn't be judged: ${why}`, UNJUDGED)
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#listeners.delete(id)
    }
  }

  /** Lets it end what it started and remove what it made. */
  async close(): Promise<void> {
    this.#child.stdin?.end()
    await this.#closed
  }

  #send(request: Request): void {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`)
  }
}
