// Compiles the programs that the judge and the tests start in containers, which have no libraries.
import { mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { quiet } from './programs.mjs'
import { at } from './project.mjs'
import { isCurrent, stamp } from './stamp.mjs'

/** Each source, with what its compiler needs to know. */
const sources = {
  'test/harness/fixture.c': ['-lrt'],
  // Position-independent: at a fixed address, some kernels find it in the way of the program.
  'test/escapes/interpreter.c': [
    ...['-nostartfiles', '-fno-stack-protector', '-fPIE', '-static-pie'],
  ],
}

/** Where the program of a source is, below build/. */
export const fixtureOf = (source) => at('build', 'fixtures', source.replace(/^.*\/|\.c$/g, ''))

/** Whether it is compiled in its present version. */
export const isFixtureCompiled = (source) => isCurrent(fixtureOf(source), at(source))

export const areFixturesCompiled = () => Object.keys(sources).every(isFixtureCompiled)

/** The command that compiles one. */
export const compilerOf = (source, program) => [
  ...['cc', '-O1', '-static', '-o', program, at(source)],
  ...(sources[source] ?? []),
]

/** Compiles them, silently. If that fails, those who need one try again, and say what's wrong. */
export async function compileFixtures() {
  for (const source of Object.keys(sources)) await compile(source).catch(() => {})
}

async function compile(source) {
  const program = fixtureOf(source)
  const [file, ...args] = compilerOf(source, `${program}.new`)
  mkdirSync(dirname(program), { recursive: true })
  await quiet(file, args)
  stamp(`${program}.new`, at(source))
  renameSync(`${program}.new`, program)
}
