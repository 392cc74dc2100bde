// What the scenarios share: a folder, a user, and the user's checkout, each made when the first one asks for it.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { clone } from '../clone.mjs'
import { say } from '../../setup/terminal.mjs'
import { expect, run, stopAll, succeeds } from './run.mjs'
import { makeUser } from './user.mjs'

export class Machine {
  stopped = false
  #undo = []
  #user
  #checkout

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'test-people-'))
    chmodSync(this.folder, 0o755)
    this.later(() => rmSync(this.folder, { recursive: true, force: true }))
  }

  /** What has to be done in the end, the last one first. */
  later(action) {
    this.#undo.push(action)
  }

  async undo() {
    for (const action of this.#undo.splice(0).reverse())
      await Promise.resolve()
        .then(action)
        .catch((error) => {
          say(`Could not be undone: ${error.message}`)
          process.exitCode = 1
        })
  }

  stop() {
    this.stopped = true
    stopAll()
  }

  user() {
    this.#user ??= makeUser(this)
    return this.#user
  }

  /** The user's clone in which `npm start` has done all of the set-up. */
  checkout() {
    this.#checkout ??= this.#setUp('workshop')
    return this.#checkout
  }

  async #setUp(name) {
    const folder = await this.clone(name)
    const user = await this.user()
    await hello(user, folder)
    return folder
  }

  /** A fresh clone in the user's home. */
  async clone(name) {
    const user = await this.user()
    const folder = join(user.home, name)
    clone(folder)
    await succeeds(['chown', '-R', `${user.uid}:${user.gid}`, folder])
    return folder
  }
}

/** `npm start` gives a container, and nothing but its output on stdout. */
export async function hello(user, folder, wrap) {
  const ended = await user.run(
    ['npm', 'start', '--', '/bin/sh', '-c', 'hostname; echo $$'],
    folder,
    wrap,
  )
  expect(ended.status === 0 && ended.stdout === 'container\n1\n', ended, 'a container')
}

export async function tests(user, folder, filter, wrap) {
  const ended = await user.run(['npm', 'test', '--', filter], folder, wrap)
  const passed = /Tests\s+(\d+) passed \(\1\)/.exec(stripVTControlCharacters(ended.stdout))?.[1]
  expect(ended.status === 0 && passed, ended, `only tests that pass with npm test -- ${filter}`)
  return `npm test -- ${filter}: ${passed} passed`
}

/** No file of anybody else's in this folder. */
export async function ownsAll(user, folder) {
  const ended = await run(['find', folder, '!', '-uid', `${user.uid}`])
  expect(ended.status === 0 && ended.stdout === '', ended, `no file of another owner in ${folder}`)
}
