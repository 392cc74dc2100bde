// A learner's program, made from a reference by edits, in a folder like my-container/.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { Judge } from '../../tools/companion/client'
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

  /** Writes the program; gives the path of its main.ts. Types are checked if it has settings. */
  write(step: string, edits: Edits, hasSettings = true): string {
    const files = reference(step)
    for (const [name, list] of Object.entries(edits))
      for (const [from, to] of list) {
        expect(files[name], `${name} of ${step}, which is edited`).toContain(from)
        files[name] = (files[name] as string).replace(from, () => to)
      }
    rmSync(this.#folder, { recursive: true, force: true })
    mkdirSync(this.#folder)
    const settings = JSON.stringify({ extends: '../tsconfig.json', include: ['*.ts'] })
    if (hasSettings) files['tsconfig.json'] = settings
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#folder, name), text)
    return join(this.#folder, 'main.ts')
  }

  remove(): void {
    rmSync(this.#project, { recursive: true })
  }
}

/** A learner's folder and a judge, for all tests of a file. */
export function useJudge() {
  const program = new Program()
  let judge: Judge
  beforeAll(async () => {
    judge = await Judge.start()
  })
  afterAll(async () => {
    await judge.close()
    program.remove()
  })
  return { program, judge: () => judge }
}

/** In CI, each second of the programs: all of them take a quarter of an hour. Says so. */
export function chosen<T>(programs: T[]): T[] {
  if (process.env.TEST_STEPS !== 'rest') return programs
  const some = programs.filter((_, index) => index % 2 === 0)
  console.log(`${programs.length - some.length} programs are left out: npm run test:all`)
  return some
}
