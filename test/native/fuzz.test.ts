// Every function of native/ and steps/shared/, called with absurd values: only documented errors,
// no crash, no hang. FUZZ_RUNS is the number of calls; FUZZ_SEED repeats an earlier run.
import { randomInt } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { HANG } from '../harness/waiting'
import { isRoot, start } from './program'

const runs = Number(process.env.FUZZ_RUNS ?? (process.env.TEST_STEPS === 'all' ? 100_000 : 2_000))
const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const programs = runs > 10_000 ? 2 : 1
const limit = HANG + runs * 10

const folder = mkdtempSync(join(tmpdir(), 'container-fuzz-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Answer = { seed: number; status: unknown; calls: number; said: string }

async function fuzz(seed: number, calls: number): Promise<Answer> {
  const trace = join(folder, `${seed}`)
  const node = [process.execPath, '--require', 'tsx/cjs']
  const words = [...node, 'test/native/fuzz/program.ts', `${seed}`, `${calls}`]
  const program = start(
    async ({ native, fs }, words) => {
      // PID 1 is a shell: the kernel would not let a crash end PID 1 by a signal.
      process.exitCode = await native.spawn('/bin/sh', ['-c', '"$@"; exit $?', 'sh', ...words], {
        cloneflags: native.CLONE_FLAGS & ~native.CLONE_NEWCGROUP,
        beforeExec(pid) {
          // All users are mapped, so that root inside can read a checkout in a private home.
          for (const kind of ['uid', 'gid'])
            fs.writeFileSync(`/proc/${pid}/${kind}_map`, '0 0 4294967295')
        },
      })
    },
    words,
    { env: { ...process.env, FUZZ_TRACE: trace, NODE_OPTIONS: '' } },
  )
  const status = await program.end(limit)
  const last = status === 0 ? '' : `\nthe last call: ${lastCall(trace)}`
  return { seed, status, calls: Number(program.stdout), said: `${program.stderr}${last}` }
}

const lastCall = (trace: string) =>
  existsSync(trace) ? readFileSync(trace, 'utf8').split('\0')[0]?.slice(0, 500) : 'none'

test.skipIf(!isRoot)(
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
  2 * limit,
)
