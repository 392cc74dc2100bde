// A learner's program, made from a reference by edits, in a folder like my-container/.
import { ok } from 'node:assert'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reference } from '../../tools/companion/learner'
import { repository } from '../harness/work'

/** By file: what the reference says, and what the learner wrote. */
export type Edits = Record<string, [from: string, to: string][]>

// What imports and the type checker need.
const parts = ['native', 'steps', 'rootfs', 'package.json', 'tsconfig.json', 'node_modules']

export class Program {
  readonly #project = mkdtempSync(join(tmpdir(), 'companion-test-'))
  readonly #folder = join(this.#project, 'my-container')

  constructor() {
    chmodSync(this.#project, 0o755) // some claims are about ordinary users
    for (const name of parts) symlinkSync(join(repository, name), join(this.#project, name))
  }

  /**
   * Writes the program, with files of its own; gives the path of its main.ts. Types are checked if
   * it has settings.
   */
  write(step: string, edits: Edits, hasSettings = true, own: Record<string, string> = {}): string {
    const files = reference(step)
    for (const [name, list] of Object.entries(edits))
      for (const [from, to] of list) {
        ok(files[name]?.includes(from), `${name} of ${step} doesn't have what is edited: ${from}`)
        files[name] = (files[name] as string).replace(from, () => to)
      }
    rmSync(this.#folder, { recursive: true, force: true })
    mkdirSync(this.#folder)
    const settings = JSON.stringify({ extends: '../tsconfig.json', include: ['*.ts'] })
    Object.assign(files, own)
    if (hasSettings) files['tsconfig.json'] = settings
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#folder, name), text)
    return join(this.#folder, 'main.ts')
  }

  remove(): void {
    rmSync(this.#project, { recursive: true })
  }
}
