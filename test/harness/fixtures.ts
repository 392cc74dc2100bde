// Programs in C that the tests start in containers.
import { execFileSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { compilerOf, fixtureOf, isFixtureCompiled } from '../../tools/setup/fixtures.mjs'
import { HarnessError } from './claim'

/** Brings one: as the set-up has compiled it, otherwise compiled now. */
export function bringFixture(source: string, program: string): void {
  if (isFixtureCompiled(source)) copyFileSync(fixtureOf(source), program)
  else compile(source, program)
}

function compile(source: string, program: string): void {
  const [file, ...args] = compilerOf(source, program) as [string, ...string[]]
  try {
    execFileSync(file, args, { stdio: 'pipe' })
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error)
    throw new HarnessError(`cc couldn't compile ${source}: ${said}`)
  }
}
