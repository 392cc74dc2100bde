// The judge: the part of the companion that runs the learner's program, and therefore as root.
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { leaveWork, removeWork, renewRoots, work } from '../../../test/harness/work'
import type { Asked, News, Request } from '../judgement'
import { judge } from './judge'

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

const say = (news: News) => process.stdout.write(`${JSON.stringify(news)}\n`)

async function answer(id: number, asked: Asked, signal: AbortSignal): Promise<void> {
  try {
    prepare()
    const judgement = await judge(asked, (judgement) => say({ id, judgement }), signal)
    say({ id, judgement, ended: true })
  } catch (error) {
    say({ id, broken: (error as Error).message })
  }
}

let isPrepared = false

/** What the last program left in the rootfs mustn't count against this one. */
function prepare(): void {
  if (isPrepared) renewRoots()
  work()
  isPrepared = true
}

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  const { id, asked } = JSON.parse(line) as Request
  last.abort.abort()
  if (!asked) return
  const abort = new AbortController()
  last = { id, abort, done: last.done.then(() => answer(id, asked, abort.signal)) }
})
lines.on('close', async () => {
  last.abort.abort()
  await last.done
  removeWork()
  process.exit(0)
})

say({ id: 0 })
