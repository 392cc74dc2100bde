// Programs in a folder like my-container/, with everything beside it that their imports need.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { reference } from '../../tools/companion/learner'
import { repository } from '../harness/work'
import type { Wrong } from './wrong'

export class Programs {
  readonly #folder = mkdtempSync(join(tmpdir(), 'companion-test-'))
  #count = 0

  /** Writes files where #native, #shared and #rootfs are found; gives the path of main.ts. */
  write(files: Record<string, string>): string {
    const project = join(this.#folder, String(++this.#count))
    mkdirSync(join(project, 'my-container'), { recursive: true })
    for (const name of ['native', 'steps', 'rootfs', 'package.json'])
      symlinkSync(join(repository, name), join(project, name))
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(project, 'my-container', name), text)
    return join(project, 'my-container', 'main.ts')
  }

  wrong({ step, edits }: Wrong): string {
    const files = reference(step)
    for (const [name, list] of Object.entries(edits))
      for (const [from, to] of list) {
        expect(files[name], `${name} of ${step}, from which this mistake is made`).toContain(from)
        files[name] = (files[name] as string).replace(from, () => to)
      }
    return this.write(files)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }
}
