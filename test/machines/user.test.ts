// The user that `npm run test:people` makes: nothing is left of one that could not be made whole.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'people-user-'))
const log = join(folder, 'log')
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** A program that says it was run, and ends with a status. */
function pretend(name: string, status: number): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> '${log}'\nexit ${status}\n`)
  chmodSync(join(folder, name), 0o755)
}

test.each([
  ['which is there', 0],
  ['which is not', 6],
])('a useradd that fails is undone all the same, also with a user %s', async (_, status) => {
  writeFileSync(log, '')
  for (const name of ['useradd', 'sudo', 'visudo']) pretend(name, 12)
  pretend('userdel', status)
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  // Where programs are is read with it.
  const { makeUser } = await import('../../tools/maintainers/machines/user.mjs')
  const undo: (() => Promise<unknown>)[] = []
  const machine = { folder, later: (action: () => Promise<unknown>) => undo.push(action) }
  await expect(makeUser(machine)).rejects.toThrow('status 12 of useradd')
  for (const action of undo.reverse()) await action()
  expect(readFileSync(log, 'utf8')).toMatch(
    new RegExp(`^useradd .*\nuserdel --remove people-${process.pid}\n$`),
  )
})
