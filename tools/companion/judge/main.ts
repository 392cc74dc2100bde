// The judge: the part of the companion that runs the learner's program, and therefore as root.
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { leaveWork, removeWork, renewRoots, work } from '../../../test/harness/work'
import { judge, upTo } from './judge'
import type { Event, Request } from './protocol'

// The companion handles Ctrl-C: it closes our stdin, and then we end and remove what was started.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
  process.on(signal, () => {})
process.stdout.on('error', () => {})
// A mistake in the judge itself: reported in a sentence, where it is shown.
process.on('uncaughtException', ({ message }) => {
  for (const id of running.keys()) say({ id, type: 'broken', message })
})

leaveWork()
// Its paths become words of shell commands inside containers.
if (/\s/.test(tmpdir())) process.env.TMPDIR = '/tmp'
const running = new Map<number, { abort: AbortController; done: Promise<void> }>()

const say = (event: Event) => process.stdout.write(`${JSON.stringify(event)}\n`)

async function begin(id: number, main: string, steps: string[]): Promise<void> {
  const abort = new AbortController()
  const earlier = [...running.values()].map(({ done }) => done)
  const done = (async () => {
    await Promise.all(earlier)
    try {
      prepare()
      await judge(
        main,
        steps,
        (event) => !abort.signal.aborted && say({ id, ...event }),
        abort.signal,
      )
      say({ id, type: 'end' })
    } catch (error) {
      say({ id, type: 'broken', message: (error as Error).message })
    } finally {
      running.delete(id)
    }
  })()
  running.set(id, { abort, done })
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
  const request = JSON.parse(line) as Request
  if ('abort' in request) running.get(request.abort)?.abort.abort()
  else {
    const { main, step, only } = request.judge
    void begin(request.id, main, only ? [step] : upTo(step))
  }
})
lines.on('close', async () => {
  const all = [...running.values()]
  for (const { abort } of all) abort.abort()
  await Promise.all(all.map(({ done }) => done))
  removeWork()
  process.exit(0)
})

say({ id: 0, type: 'ready' })
