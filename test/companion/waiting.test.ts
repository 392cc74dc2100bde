// Waiting goes on while others wait, however long their questions take.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { soon, until, waitUnless } from '../harness/waiting'

/** A question that keeps Node from anything else for longer than the pause between questions. */
function slowQuestion(): void {
  for (const end = Date.now() + 100; Date.now() < end; );
}

test('two who ask slowly learn of the end of a child', async () => {
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] })
  await once(child, 'spawn')
  let asked = 0
  const ended = () => {
    slowQuestion()
    if (++asked === 4) child.stdin.end()
    return child.exitCode !== null || asked > 60
  }
  await Promise.all([until(ended), until(ended), until(ended)])
  expect(child.exitCode).toBe(0)
  expect(asked).toBeLessThan(60)
})

test('nobody waits for what a program never does, once its judgement is given up', async () => {
  const abort = new AbortController()
  waitUnless(abort.signal)
  try {
    let asked = 0
    const never = () => {
      if (++asked === 3) abort.abort()
      return false
    }
    expect(await soon(never)).toBe(false)
    expect(asked).toBe(3)
  } finally {
    waitUnless(new AbortController().signal)
  }
})
