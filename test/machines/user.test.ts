// `npm run test:people` makes a user. If that fails half-way, nothing is left.
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

/** A program that logs its call and ends with a status. */
function pretend(name: string, status: number): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> '${log}'\nexit ${status}\n`)
  chmodSync(join(folder, name), 0o755)
}

test.each([
  ['left a user', 0],
  ['left no user', 6],
])('a failed useradd that %s is undone', async (_, status) => {
  writeFileSync(log, '')
  for (const name of ['useradd', 'sudo', 'visudo']) pretend(name, 12)
  pretend('userdel', status)
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  // PATH is read when this loads.
  const { makeUser } = await import('../../tools/maintainers/machines/user')
  const undo: (() => unknown)[] = []
  const machine = { folder, later: (action: () => unknown) => void undo.push(action) }
  await expect(makeUser(machine)).rejects.toThrow('status 12 of useradd')
  for (const action of undo.reverse()) await action()
  expect(readFileSync(log, 'utf8')).toMatch(
    new RegExp(`^useradd .*\nuserdel --remove people-${process.pid}\n$`),
  )
})
