// Mistakes that learners make: none passes, and each gets an explanation that fits.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Judge } from '../../tools/companion/client'
import { type Failure, type Judgement, troubles } from '../../tools/companion/judgement'
import { reference } from '../../tools/companion/learner'
import { mountinfo } from '../harness/proc'
import { HANG } from '../harness/waiting'
import { repository } from '../harness/work'
import { type Wrong, wrongs } from './wrong'

// A folder like my-container/, with everything beside it that imports need.
const project = mkdtempSync(join(tmpdir(), 'companion-test-'))
const folder = join(project, 'my-container')
let judge: Judge

beforeAll(async () => {
  const parts = ['native', 'steps', 'rootfs', 'package.json', 'tsconfig.json', 'node_modules']
  for (const name of parts) symlinkSync(join(repository, name), join(project, name))
  judge = await Judge.start()
})
afterAll(async () => {
  await judge.close()
  rmSync(project, { recursive: true })
})

/** Writes the program; gives the path of its main.ts. */
function write({ step, edits }: Wrong): string {
  const files = reference(step)
  for (const [name, list] of Object.entries(edits))
    for (const [from, to] of list) {
      expect(files[name], `${name} of ${step}, from which this mistake is made`).toContain(from)
      files[name] = (files[name] as string).replace(from, () => to)
    }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return join(folder, 'main.ts')
}

/** What a wrong program could have done to this machine. */
const machine = () => ({
  renamed: hostname() === 'container',
  mounts: mountinfo('self')
    .split('\n')
    .filter((line) => /mytemp|companion-test| \/(proc|dev|sys)(\/\S*)? /.test(line)),
})

/** The first failure; the rest isn't waited for. */
async function firstFailure(wrong: Wrong): Promise<Failure | undefined> {
  const enough = new AbortController()
  let first: Failure | undefined
  const look = (judgement: Judgement) => {
    first ??= troubles(judgement)[0]?.failure
    if (first) enough.abort()
  }
  const asked = { main: write(wrong), step: wrong.step, only: true }
  const judgement = await judge.judge(asked, look, enough.signal)
  expect(judgement?.holds).not.toBe(true)
  return first
}

test.each(wrongs.map((wrong) => [wrong.name, wrong] as const))(
  '%s',
  async (_, wrong) => {
    const before = machine()
    const failure = await firstFailure(wrong)
    expect(failure).toMatchObject({
      cause: wrong.cause,
      evidence: expect.stringMatching(wrong.evidence),
    })
    expect(failure?.hints.length).toBeGreaterThanOrEqual(2)
    expect(machine()).toEqual(before)
  },
  20 * HANG,
)
