// A judge's scratch folder that can't be completed is removed, and the next try starts afresh.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { leaveWork, work } from '../harness/work'

// Compiled by the set-up, no compiler would be asked.
vi.mock('../../tools/setup/fixtures.mjs', async (original) => ({
  ...(await original<object>()),
  isFixtureCompiled: () => false,
}))

const folder = mkdtempSync(join(tmpdir(), 'companion-work-'))
const given = process.env.CONTAINER_TEST_WORK

beforeEach(() => {
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'tmp'))
  writeFileSync(join(folder, 'bin', 'cc'), '#!/bin/sh\necho "cannot find -lc" >&2\nexit 1\n')
  chmodSync(join(folder, 'bin', 'cc'), 0o755)
  leaveWork()
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH}`)
  vi.stubEnv('TMPDIR', join(folder, 'tmp'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  process.env.CONTAINER_TEST_WORK = given
  rmSync(folder, { recursive: true })
})

test('without a static C library', () => {
  for (const _ of [1, 2]) {
    expect(() => work()).toThrow(/fixture\.c: cannot find -lc/)
    expect(process.env.CONTAINER_TEST_WORK).toBeUndefined()
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  }
})
