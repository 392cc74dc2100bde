// What a command-line program owes its user: usage, options, and for each failure a sentence and an
// exit status.
import { relative } from 'node:path'
import { inspect, parseArgs } from 'node:util'
import { hint as adviceFor } from './hints'

/** A wrong command line (exit status 2), or `--help` (exit status 0). */
export class UsageError extends Error {
  readonly asked: boolean
  constructor(message: string, asked = false) {
    super(message)
    this.asked = asked
  }
}

/** A failure that no system call reported, in a sentence for people. Exit status 1. */
export class Failure extends Error {
  readonly hint?: string
  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/**
 * Gives up.
 *
 * @param message what went wrong
 * @param hint what to do about it
 * @throws Failure always
 */
export function fail(message: string, hint?: string): never {
  throw new Failure(message, hint)
}

/** An option's default, least and greatest value, as people write them: ['64M', '32M', '1G']. */
type NumberOption = [value: string, least: string, greatest: string]

/** An option that is a word: what `--help` says of it. */
type WordOption = string

type Option = NumberOption | WordOption

// The options parse() was given; usage() lists them.
let options: Record<string, Option> = {}

const isHelp = (word: string | undefined) => word === '--help' || word === '-h'

/**
 * Says what is wrong and how to call the program.
 *
 * @throws UsageError always
 */
export function usage(problem = ''): never {
  if (isHelp(process.argv[2])) help()
  throw new UsageError(`${problem ? `${problem}\n` : ''}${call()}`)
}

function call(): string {
  const program = `node --require tsx/cjs ${relative(process.cwd(), process.argv[1])}`
  const words = Object.keys(options).map((name) => `[--${name} <${name}>] `)
  return `usage: ${program} run ${words.join('')}<command> [<argument>...]`
}

function help(): never {
  const meaning = (option: Option) => {
    if (typeof option === 'string') return option
    const [value, least, greatest] = option
    return `${value} if not given, from ${least} to ${greatest}`
  }
  const lines = Object.entries(options).map(
    ([name, option]) => `  --${name.padEnd(8)}${meaning(option)}`,
  )
  throw new UsageError([call(), ...lines].join('\n'), true)
}

/**
 * Splits `--memory 64M /bin/sh -c ls` into options and a command. Options end where the command
 * begins, or at `--`.
 *
 * @param argv the words after the verb
 * @param known each option's default, least and greatest value, or of an option that is a word what
 *   `--help` says. Values are numbers, with K, M or G for powers of 1024. They are rounded to whole
 *   numbers if the least value is one.
 * @returns the options' values, a word undefined if it isn't given, and the words of the command,
 *   at least one
 * @throws UsageError for an unknown option, a missing or wrong value, no command, or `--help`
 */
export function parse<Known extends Record<string, Option> = Record<never, Option>>(
  argv: string[],
  known = {} as Known,
) {
  options = known
  const names = Object.keys(known)
  const types = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  const { tokens } = parseArgs({ args: argv, options: types, strict: false, tokens: true })
  const end = tokens.find((token) => token.kind !== 'option')
  const given = parseStrictly(argv.slice(0, end?.index), types)
  const values = names.map((name) => [name, value(name, given[name], known[name])])
  const command = end ? argv.slice(end.index + (end.kind === 'option-terminator' ? 1 : 0)) : []
  if (command.length === 0) usage()
  return { command, options: Object.fromEntries(values) as Values<Known> }
}

type Values<Known> = {
  [Name in keyof Known]: Known[Name] extends WordOption ? string | undefined : number
}

function parseStrictly(
  args: string[],
  types: Record<string, { type: 'string' }>,
): Record<string, string | undefined> {
  if (args.some(isHelp)) help()
  try {
    return parseArgs({ args, options: types }).values
  } catch (error) {
    return usage((error as Error).message)
  }
}

function value(name: string, given: string | undefined, option: Option) {
  if (typeof option !== 'string') return number(name, given, option)
  return given === '' ? usage(`--${name} needs a word that isn't empty`) : given
}

function number(name: string, given: string | undefined, option: NumberOption): number {
  const [value, least, greatest] = option
  // Bytes and processes are whole numbers, and so are their least values: 1.3K is 1331.
  const exact = toNumber(given ?? value)
  const found = least.includes('.') ? exact : Math.round(exact)
  if (found >= toNumber(least) && found <= toNumber(greatest)) return found
  return usage(
    `--${name} ${given}: must be a number from ${least} to ${greatest}, with K, M or G as unit`,
  )
}

function toNumber(value: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([KMG]?)$/i.exec(value) ?? []
  return (
    Math.round(Number(digits) * 1024 ** ' KMG'.indexOf(unit?.toUpperCase() || ' ') * 1000) / 1000
  )
}

/**
 * Ends the program because of an error: prints a sentence, with a hint if there is one, and exits
 * with a status that shells use too. Install it with `process.on('uncaughtException', die)`.
 *
 * Exit status 127: the command was not found. 126: it can't be executed. 2: wrong usage. 1: all
 * else. An error of any other kind is a bug in the program: its stack is printed.
 *
 * @param thrown what was thrown
 */
export function die(thrown: unknown): never {
  const error = thrown instanceof Error ? thrown : new Error(`thrown: ${inspect(thrown)}`)
  if (error instanceof UsageError && error.asked) {
    process.stdout.write(`${error.message}\n`)
    process.exit(0)
  }
  const { code, syscall, path, dest, hint } = error as NodeJS.ErrnoException & {
    dest?: string
    hint?: string
  }
  const advice = hint || (code && syscall && adviceFor(code, syscall, path, dest))
  process.stderr.write(
    `${expected(error) ? error.message : ownStack(error)}\n${advice ? `hint: ${advice}\n` : ''}`,
  )
  process.exit(exitStatus(error))
}

// Without the frames of Node and tsx, which say nothing about the program.
const ownStack = ({ stack = '' }: Error) =>
  stack.replace(/^ {4}at .*(node:|\/node_modules\/|loader\.cjs).*\n?/gm, '').trimEnd()

// System calls fail with a syscall, programs with a status, and a missing addon with its code.
function expected(error: unknown): boolean {
  const { code, syscall, status } = error as { code?: string; syscall?: string; status?: number }
  return (
    error instanceof UsageError ||
    error instanceof Failure ||
    Boolean(syscall) ||
    typeof status === 'number' ||
    code === 'ERR_DLOPEN_FAILED'
  )
}

function exitStatus(error: unknown): number {
  const { code, syscall } = error as { code?: string; syscall?: string }
  if (error instanceof UsageError) return 2
  if (syscall !== 'execve') return 1
  return code === 'ENOENT' || code === 'ENOTDIR' ? 127 : 126
}
