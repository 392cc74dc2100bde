// The last step on a stand-in host, which is as before after each test.
import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { hostUnchanged, inHost, type Snapshot, snapshot } from '../harness/host'
import { newToken, steps, Target } from '../harness/target'

export const target = Target.step(steps().at(-1) as string)
let host: number
let before: Snapshot
let tokens: string[]

export function useStage(): void {
  beforeAll(async () => {
    host = await target.ownHost()
    await target.sweep()
  })
  beforeEach(() => {
    before = snapshot(host)
    tokens = []
  })
  afterEach(async () => {
    await target.settle()
    await hostUnchanged(before, tokens, host)
  })
  afterAll(() => target.close())
}

/** A word for a command line: no process may have it after the test. */
export function token(): string {
  const word = newToken()
  tokens.push(word)
  return word
}

/** Runs a script on the stand-in host. */
export function onHost(script: string): string {
  const [file, ...args] = [...inHost(host), '/bin/sh', '-ec', script]
  return execFileSync(file as string, args, { encoding: 'utf8' })
}
