// The judge: the part of the companion that runs the learner's program, and therefore as root.
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { leaveWork, removeWork, workWithoutRoots } from '../../../test/harness/work'
import type { Asked, Judgement, News, Request } from '../judgement'
import { judge } from './judge'
import { makeAhead, removeAhead } from './lane'
import { LANES } from './plan'

// The companion handles Ctrl-C: it closes our stdin, and then we end and remove what was started.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
  process.on(signal, () => {})
process.stdout.on('error', () => {})
// A mistake in the judge itself: reported in a sentence, where it is shown.
process.on('uncaughtException', ({ message }) => say({ id: last.id, broken: message }))

leaveWork()
// Its paths become words of shell commands inside containers, which may have their own /tmp.
if (/\s/.test(tmpdir()) || (tmpdir() === '/tmp' && existsSync('/var/cache')))
  process.env.TMPDIR = existsSync('/var/cache') ? '/var/cache' : '/tmp'

let last = { id: 0, abort: new AbortController(), done: Promise.resolve() }

// Standard output carries the news, and nothing else.
console.log = console.error

const say = (news: News) => process.stdout.write(`${JSON.stringify(news)}\n`)

async function answer(id: number, asked: Asked, signal: AbortSignal): Promise<void> {
  try {
    signal.throwIfAborted()
    workWithoutRoots()
    const show = (judgement: Judgement) => say({ id, judgement })
    await judge(asked, show, (judgement) => say({ id, judgement, ended: true }), signal)
  } catch (error) {
    if (!signal.aborted) say({ id, broken: (error as Error).message })
  }
  if (signal.aborted) say({ id, ended: true })
  if (!isEnding) makeAhead(LANES)
}

let isEnding = false

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  const { id, asked } = JSON.parse(line) as Request
  last.abort.abort()
  if (!asked) return
  const abort = new AbortController()
  last = { id, abort, done: last.done.then(() => answer(id, asked, abort.signal)) }
})
lines.on('close', async () => {
  isEnding = true
  last.abort.abort()
  await last.done
  await removeAhead()
  removeWork()
  process.exit(0)
})

say({ id: 0 })
