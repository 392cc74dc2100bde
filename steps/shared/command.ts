// Running a tool of the host to its end, such as ip or nft.
import type { SpawnSyncOptionsWithStringEncoding } from 'node:child_process'
import { text } from '#native/internal/arguments'
import { Failure } from './cli'

// In a session of its own: a Ctrl-C at the terminal must not leave half of its work done.
const options = { encoding: 'utf8', detached: true } as SpawnSyncOptionsWithStringEncoding

/**
 * Runs a command, and the whole thread waits for it.
 *
 * @param command the file and its arguments, separated by single spaces: no shell reads it
 * @param input what it reads from standard input
 * @returns what it writes to standard output
 * @throws TypeError for a command that is no string; Failure when it fails, with what it wrote to standard error; Node's ENOENT when it is not installed
 */
export function run(command: string, input = ''): string {
  const [file, ...args] = text(command, 'command').split(' ')
  // Loaded when it is needed: in the container, where it never is, loading it would take 8 ms.
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const { error, status, signal, stdout, stderr } = spawnSync(file, args, { ...options, input })
  if (error) throw error
  if (status !== 0)
    throw new Failure(`${command} failed: ${stderr.trim() || signal || `exit status ${status}`}`)
  return stdout
}
