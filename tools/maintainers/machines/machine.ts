// What the scenarios share: a folder, and what has to be undone in the end.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say } from '../../setup/terminal.mjs'

export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'test-people-'))
  readonly #undo: (() => unknown)[] = []

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
}
