// The errors that end a learner's program, with their places in it.
import { closeSync, constants, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { mknod } from '#native/stat'
import { tryRead } from '../../../test/harness/proc'
import { newToken, type Target } from '../../../test/harness/target'
import { work } from '../../../test/harness/work'
import { at } from '../../setup/project.mjs'

const S_IFIFO = 0o010000

export type ProgramError = {
  message: string
  /** Its lines that led to the error, the innermost first: `main.ts:49  mount(…)`. */
  places: string[]
  /** How the process was started that failed: as which program, and with which words. */
  file: string
  words: string[]
}

/** As the preloaded errors.cjs writes it. */
type Noted = Pick<ProgramError, 'file' | 'words'> & {
  name: string
  message: string
  syscall?: string
  stack?: string
}

export class Errors {
  readonly #file = join(work().folder, `errors-${newToken()}`)
  readonly #folder: string
  readonly #pipe: number
  #rest = ''

  /** From now on, what ends the target's programs is noted. */
  constructor(target: Target) {
    this.#folder = join(target.main, '..')
    // For all: in a user namespace of its own, the child is another user. A pipe, because a file
    // that is open for writing keeps the child from making its mounts read-only.
    mknod(this.#file, S_IFIFO | 0o666)
    this.#pipe = openSync(this.#file, constants.O_RDWR | constants.O_NONBLOCK)
    const monitor = JSON.stringify(at('tools', 'companion', 'judge', 'errors.cjs'))
    target.variables = {
      ...target.variables,
      CONTAINER_ERRORS: this.#file,
      NODE_OPTIONS: `--require ${monitor}`,
    }
  }

  /** The first error since the last call that says something about the program. */
  next(): ProgramError | undefined {
    const lines = (this.#rest + this.#read()).split('\n')
    this.#rest = lines.pop() ?? ''
    const noted = lines.map((line) => JSON.parse(line) as Noted)
    const [first] = noted.filter(isTelling)
    if (!first) return undefined
    const { file, words } = first
    return { message: messageOf(first), places: this.#places(first), file, words }
  }

  #read(): string {
    const buffer = Buffer.alloc(65536)
    try {
      return buffer.toString('utf8', 0, readSync(this.#pipe, buffer)) + this.#read()
    } catch {
      return '' // nothing more
    }
  }

  remove(): void {
    closeSync(this.#pipe)
    rmSync(this.#file, { force: true })
  }

  #places({ message, stack = '' }: Noted): string[] {
    const inMessage = [...message.matchAll(/^(\/.*?):(\d+):\d+: ERROR/gm)]
    const frames = [...stack.matchAll(/^ +at (.*?)\(?(\/[^()]*?):(\d+):\d+\)?$/gm)]
    const found = [
      ...inMessage.map(([, file, line]) => ({ in: '', file, line })),
      ...frames.map(([, name, file, line]) => ({ in: name, file, line })),
      ...[...message.matchAll(/^- (\/.*)$/gm)]
        .slice(0, 1)
        .flatMap(([, file]) => this.#import(message, `${file}`)),
    ].filter(({ file }) => `${file}`.startsWith(`${this.#folder}/`))
    // What runs at the top of a file only says which verb it was.
    const telling = found.filter(
      ({ in: name }, index) => index === 0 || !/<anonymous>/.test(`${name}`),
    )
    const places = telling.map(({ file, line }) => this.#place(`${file}`, Number(line)))
    return [...new Set(places)].slice(0, 3)
  }

  /** Where a module that wasn't found is imported. */
  #import(message: string, file: string): { in: string; file: string; line: number }[] {
    const [, name = ''] = /'([^']*)'/.exec(message) ?? []
    const index = (tryRead(file) ?? '').split('\n').findIndex((line) => line.includes(`'${name}'`))
    return index < 0 ? [] : [{ in: '', file, line: index + 1 }]
  }

  #place(file: string, line: number): string {
    const text = readFileSync(file, 'utf8').split('\n')[line - 1]?.trim() ?? ''
    return `${relative(this.#folder, file)}:${line}  ${text}`
  }
}

/** Some errors are what a claim asks for: a command that isn't there, an option too many. */
function isTelling({ words, name, message, syscall }: Noted): boolean {
  if (name === 'UsageError') return !words.some((word) => word.startsWith('--'))
  return syscall !== 'execve' || !/'(\/no\/such\/program|\/etc|--memory)'/.test(message)
}

function messageOf({ name, message }: Noted): string {
  const [text] = message.replace(/^Transform failed.*\n/, '').split('\nRequire stack')
  const words = `${text}`.replaceAll(/^\/\S*\/(\S+:\d+:\d+: ERROR)/gm, '$1')
  return /^(TypeError|RangeError|ReferenceError|SyntaxError)$/.test(name)
    ? `${name}: ${words}`
    : words
}

/** What a program wrote on stderr, without what Node and its packages say about themselves. */
export function ownWords(stderr: string): string {
  // The line that Node points at is one of the compiled program; the stack names the learner's.
  const words = stderr.replaceAll(/^\/.*:\d+\n.*\n[ \t]*\^+\n/gm, '')
  const lines = words.split('\n').filter((line) => {
    const isForeign = /^ +at .*(node:|node_modules)|^\/.*node_modules|^Node\.js v|^\s*\^?\s*$/
    return line.length < 300 && !isForeign.test(line)
  })
  return lines.slice(0, 8).join('\n')
}
