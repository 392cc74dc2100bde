// Every function of native/, called with absurd values: only documented errors, no crash, no hang.
// FUZZ_RUNS is the number of calls.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { SEED } from '../harness/random'
import { HANG } from '../harness/waiting'
import { isRoot, start } from './program'

const runs = Number(process.env.FUZZ_RUNS ?? (process.env.TEST_STEPS === 'all' ? 100_000 : 2_000))
const limit = HANG + runs * 10

const folder = mkdtempSync(join(tmpdir(), 'container-fuzz-'))
const trace = join(folder, 'trace')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const lastCall = () =>
  existsSync(trace) ? readFileSync(trace, 'utf8').split('\0')[0]?.slice(0, 500) : 'none'

test.skipIf(!isRoot)(
  `${runs} calls with seed ${SEED}: only documented errors`,
  async () => {
    const node = [process.execPath, '--require', './steps/shared/loader.cjs']
    const words = [...node, 'test/native/fuzz/program.ts', `${SEED}`, `${runs}`, trace]
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
      { env: { ...process.env, NODE_OPTIONS: '' } },
    )
    const status = await program.end(limit)
    const said = `FUZZ_SEED=${SEED} ended with ${status}: ${program.stderr}`
    expect(status, `${said}\nthe last call: ${lastCall()}`).toBe(0)
    expect(Number(program.stdout)).toBeGreaterThanOrEqual(runs)
  },
  2 * limit,
)
