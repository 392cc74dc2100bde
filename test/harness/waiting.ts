// Waiting for what comes, and giving up on what doesn't, however fast or busy the machine is.
import { spawn } from 'node:child_process'
import { slowness } from './slowness'

/** Ends a wait that hangs. No verdict depends on it: what can go wrong shows sooner. */
export const HANG = 60_000 * slowness

/**
 * Afterwards Node has looked at what came meanwhile. Two who wait, and take longer to ask than they
 * sleep, would otherwise wake each other in turn, and the end of a child would never be noticed.
 */
export const sleep = (milliseconds: number) =>
  new Promise<void>((done) => setTimeout(() => setImmediate(done), milliseconds))

/** Gives a promise for the next thing that may change an answer. */
export type Woken = () => Promise<unknown>

const rest = (milliseconds: number, woken?: Woken): Promise<unknown> =>
  woken ? Promise.race([sleep(milliseconds), woken()]) : sleep(milliseconds)

/** Waits until the function gives something true, and gives that; false if it never does. */
export async function until<T>(
  ask: () => T | Promise<T>,
  milliseconds = HANG,
  woken?: Woken,
): Promise<T | false> {
  const end = Date.now() + milliseconds
  // Most answers come soon; to ask the kernel costs a busy machine more than it seems.
  for (let pause = 10; ; pause = Math.min(pause * 1.2, 60)) {
    const value = await ask()
    if (value) return value
    if (Date.now() > end) return false
    await rest(pause, woken)
  }
}

let nobodyWaits: AbortSignal | undefined

/** From then on, nobody waits for what a wrong program never does. */
export function waitUnless(signal: AbortSignal): void {
  nobodyWaits = signal
}

/**
 * The same for what a wrong program never does. Patience is counted in work, not in seconds: it
 * ends when this machine, as busy as it is, could have started Node that many times meanwhile.
 */
export async function soon<T>(
  ask: () => T | Promise<T>,
  starts = 60,
  woken?: Woken,
): Promise<T | false> {
  const signal = nobodyWaits
  const found = await patientlyAsk(() => signal?.aborted || ask(), starts, woken)
  return found === true && signal?.aborted ? false : (found as T | false)
}

async function patientlyAsk<T>(
  ask: () => T | Promise<T>,
  starts: number,
  woken?: Woken,
): Promise<T | false> {
  // Most things come by then, and the yardstick makes a busy machine busier.
  const early = await until(ask, 2000, woken)
  if (early) return early
  waiting++
  measure()
  try {
    for (const end = started + starts; ; ) {
      const isOver = started >= end
      const value = await ask()
      if (value || isOver) return value || false
      await rest(60, woken)
    }
  } finally {
    waiting--
  }
}

// The yardstick is one for all who wait: how often this machine could have started Node by now.
let started = 0
let waiting = 0
let isMeasuring = false

/** How many pauses, each as long as a start, follow one: a busy machine has others to serve. */
const PAUSES = 9

/** Starts Node, pauses, and so on, as long as someone waits. */
async function measure(): Promise<void> {
  if (isMeasuring) return
  isMeasuring = true
  while (waiting > 0) {
    const before = performance.now()
    await startNode()
    const took = performance.now() - before
    started++
    for (let pause = 0; pause < PAUSES && waiting > 0; pause++, started++) await sleep(took)
  }
  isMeasuring = false
}

const startNode = () =>
  new Promise<void>((done) => {
    const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore', env: {} })
    child.once('exit', () => done())
    child.once('error', () => setTimeout(done, 100)) // at a limit, an error comes at once
  })

/** What a promise resolves to, or undefined when patience ends. */
export async function patiently<T>(promise: Promise<T>, starts = 60): Promise<T | undefined> {
  let settled = false
  const done = () => {
    settled = true
  }
  const end = promise.then(done, done)
  return (await patientlyAsk(
    () => settled,
    starts,
    () => end,
  ))
    ? promise
    : undefined
}
