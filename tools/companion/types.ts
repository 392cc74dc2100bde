// What the type checker says about the learner's program: no container needs to run for that.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { root } from '../setup/project.mjs'
import type { Finding } from './judgement'

// A program may leave these open: they say nothing about what it does.
const lenient = ['--noImplicitAny', '--noUnusedLocals', '--noUnusedParameters']
// One thread takes half the CPU time of several: the judge needs it meanwhile.
const options = [...lenient.flatMap((option) => [option, 'false']), '--singleThreaded']

// The program itself: its launcher would start Node first.
const system = `${process.platform}-${process.arch}`
const checker = join(root, 'node_modules/@typescript', `typescript-${system}`, 'lib', 'tsc')

/** The mistakes in the folder of a program. None if it has no tsconfig.json. */
export async function findings(main: string, signal?: AbortSignal): Promise<Finding[]> {
  const folder = resolve(root, dirname(main))
  const project = join(folder, 'tsconfig.json')
  if (!existsSync(project) || !existsSync(checker)) return []
  const words = ['--noEmit', '--pretty', 'false', '--project', project, ...options]
  const text = await new Promise<string>((done) => {
    // Its status is 0 only if there is nothing to say.
    execFile(checker, words, { cwd: folder, signal }, (_, stdout) => done(stdout))
  })
  return [...text.matchAll(pattern)]
    .map(([, file, line, message]) => finding(folder, `${file}`, Number(line), `${message}`))
    .filter((found) => found !== undefined)
}

const pattern = /^(\S.*)\((\d+),\d+\): error TS\d+: (.*(?:\n .*)*)$/gm

/** One in another folder isn't the learner's. */
function finding(folder: string, file: string, line: number, message: string): Finding | undefined {
  const path = join(folder, file)
  if (file !== basename(file) || !existsSync(path)) return undefined
  const lines = readFileSync(path, 'utf8').split('\n')
  const code = [line - 1, line, line + 1]
    .filter((number) => lines[number - 1]?.trim())
    .map(
      (number) => `${number === line ? '>' : ' '} ${`${number}`.padStart(3)}  ${lines[number - 1]}`,
    )
  return { file, line, message, code }
}
