// What the scenarios share: a folder, and a user, made when the first scenario asks for it.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Problem, say } from '../../setup/terminal.mjs'
import { clone, greenCounts } from '../checkout'
import { type Ended, run, story, succeeds } from '../run'
import { makeUser, type User } from './user'

export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'test-people-'))
  readonly #undo: (() => unknown)[] = []
  #user?: Promise<User>

  constructor() {
    chmodSync(this.folder, 0o755)
    this.later(() => rmSync(this.folder, { recursive: true, force: true }))
  }

  /** Something to do in the end; the last comes first. */
  later(action: () => unknown): void {
    this.#undo.push(action)
  }

  async undo(): Promise<void> {
    for (const action of this.#undo.splice(0).reverse())
      try {
        await action()
      } catch (error) {
        say(`This could not be undone: ${(error as Error).message}`)
        process.exitCode = 1
      }
  }

  user(): Promise<User> {
    this.#user ??= makeUser(this)
    return this.#user
  }

  /** A fresh clone in the user's home. */
  async clone(name: string): Promise<string> {
    const { home, uid, gid } = await this.user()
    const folder = join(home, name)
    await clone(folder)
    await succeeds(['chown', '-R', `${uid}:${gid}`, folder])
    return folder
  }
}

/** `npm start` gives a container, and only its output on stdout. */
export async function hello(user: User, folder: string): Promise<void> {
  const ended = await user.run(['npm', 'start', '--', '/bin/sh', '-c', 'hostname; echo $$'], folder)
  expect(ended.status === 0 && ended.stdout.endsWith('container\n1\n'), ended, 'a container')
}

/** `npm test` is green. */
export async function tests(user: User, folder: string, filters: string[] = []): Promise<string> {
  const ended = await user.run(['npm', 'test', '--', ...filters], folder)
  return `${['npm test', ...filters].join(' ')}: ${greenCounts(ended)}`
}

/** Every file in this folder is the user's. */
export async function ownsAll(user: User, folder: string): Promise<void> {
  const ended = await run(['find', folder, '!', '-uid', `${user.uid}`])
  expect(ended.status === 0 && ended.stdout === '', ended, `only ${user.name}'s files in ${folder}`)
}

function expect(holds: unknown, ended: Ended, wanted: string): void {
  if (!holds) throw new Problem(`expected ${wanted}: ${story(ended)}`)
}
