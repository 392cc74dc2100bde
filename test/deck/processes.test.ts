// How a terminal's processes end: they may finish what they do, but not hang.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { end, family } from '../../slides/deck/server/processes'
import { alive } from '../harness/proc'
import { HANG, until } from '../harness/waiting'

let folder: string
let child: ChildProcess

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deck-processes-'))
})
afterEach(() => {
  child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Starts a shell with its own session that ignores hangups; gives its pid once it is ready. */
async function start(script: string): Promise<number> {
  const ready = `trap '' HUP; touch ready; ${script}`
  child = spawn('sh', ['-c', ready], { cwd: folder, detached: true, stdio: 'ignore' })
  expect(await until(() => existsSync(join(folder, 'ready')))).toBe(true)
  return child.pid as number
}

test('a process that works may finish, however long that takes', async () => {
  const pid = await start('i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done; (touch done)')
  expect(await end(pid, family(pid), { idle: 500, total: HANG })).toEqual([])
  expect(existsSync(join(folder, 'done'))).toBe(true)
})

test('a process that does nothing is killed, with its descendants in other sessions', async () => {
  const pid = await start('setsid sleep 9h & wait')
  expect(await until(() => family(pid).some(({ session }) => session !== pid))).toBe(true)
  const members = family(pid)
  expect(members.length).toBeGreaterThan(1)
  expect(await end(pid, members, { idle: 500, total: HANG })).toEqual([])
  expect(members.filter(({ pid }) => alive(pid))).toEqual([])
})

test('a process that works forever is killed in the end', async () => {
  const pid = await start('while :; do :; done')
  expect(await end(pid, family(pid), { idle: HANG, total: 500 })).toEqual([])
  expect(alive(pid)).toBe(false)
})
