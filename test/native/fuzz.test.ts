// Every function of native/ and steps/shared/, called with absurd values: only documented errors, no
// crash, no hang. FUZZ_RUNS is the number of calls; FUZZ_SEED repeats an earlier run.
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { slowness } from '../harness/slowness'
import { repository } from '../harness/work'
import { namespaces } from './fuzz/world'

const runs = Number(process.env.FUZZ_RUNS ?? (process.env.TEST_STEPS === 'all' ? 100_000 : 2_000))
const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const programs = runs > 10_000 ? 2 : 1
// In seconds. Only a hang takes that long.
const limit = (120 + runs / 100) * slowness

const folder = mkdtempSync(join(tmpdir(), 'container-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Answer = { seed: number; status: number | null; calls: number; said: string }

// PID 1 of the namespace is a shell: the kernel would not let a crash end a PID 1 by signal.
function fuzz(seed: number, calls: number): Promise<Answer> {
  const trace = join(folder, `${seed}`)
  const program = ['--require', 'tsx/cjs', 'test/native/fuzz/program.ts', `${seed}`, `${calls}`]
  const shell = ['/bin/sh', '-c', '"$@"; exit $?', 'fuzz', process.execPath, ...program]
  const child = spawn(
    'timeout',
    ['--kill-after=1', `${limit}`, 'unshare', ...namespaces, '--kill-child', ...shell],
    {
      cwd: repository,
      env: { ...process.env, FUZZ_TRACE: trace, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const output: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk) => {
      output[name] += chunk
    })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      const last = status === 0 ? '' : `\nthe last call: ${lastCall(trace)}`
      resolve({ seed, status, calls: Number(output.stdout), said: `${output.stderr}${last}` })
    })
  })
}

const lastCall = (trace: string) =>
  existsSync(trace) ? readFileSync(trace, 'utf8').split('\0')[0].slice(0, 500) : 'none'

test(
  `${runs} calls with seed ${seed}: only documented errors`,
  async () => {
    const shares = Array.from({ length: programs }, (_, index) =>
      fuzz(seed + index, runs / programs),
    )
    const answers = await Promise.all(shares)
    for (const { seed, status, said } of answers)
      expect(status, `FUZZ_SEED=${seed} ended with ${status}: ${said}`).toBe(0)
    const calls = answers.reduce((sum, answer) => sum + answer.calls, 0)
    expect(calls).toBeGreaterThanOrEqual(runs)
  },
  (limit + 10) * 1000,
)
