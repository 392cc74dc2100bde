// Waiting goes on while others wait, however long their questions take.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { until } from '../harness/waiting'

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
