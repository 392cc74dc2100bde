// A program begun in the background. A shell gives its prompt back as soon as it has forked, so for
// a moment the fork is still a copy of the shell: nobody types that fast, but a program does.
import { readdirSync, readFileSync } from 'node:fs'

/** The program that a line leaves running: `sleep 300` of `sleep 300 &`. */
const SIMPLE = /^([\w./-]+(?: [\w./-]+)*) &$/
/** The same for another shell's line: `sleep 300 &` of `… /bin/sh -c 'sleep 300 &'`. */
const ELSEWHERE = /-c '([^']* &)'$/

/**
 * Whether the program that a typed line leaves in the background has been started. True of lines
 * that leave none.
 *
 * @param shell a process among whose descendants it is
 */
export function isStarted(input: string, shell: number): boolean {
  const program = SIMPLE.exec(input)?.[1]
  if (program) return descendants(shell).some((pid) => commandLine(pid) === program)
  const line = ELSEWHERE.exec(input)?.[1]
  return !line || !processes().some((pid) => commandLine(pid).endsWith(`-c ${line}`))
}

/** The children of a process, the oldest first; none if it has ended. */
export function children(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
}

const descendants = (pid: number): number[] =>
  children(pid).flatMap((child) => [child, ...descendants(child)])

const processes = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

const commandLine = (pid: number) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trimEnd()

/** Nothing, if the process has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
