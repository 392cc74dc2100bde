// Running a tool of the host, such as ip or nft.
import type { SpawnSyncOptionsWithStringEncoding } from 'node:child_process'
import { Failure } from './cli'
import { locks } from './lock'

// In a new session: Ctrl-C at the terminal must not stop the tool halfway. With our locks: if this
// process is killed, they are free when the tool is done.
const options = (): SpawnSyncOptionsWithStringEncoding & { detached: boolean } => ({
  encoding: 'utf8',
  detached: true,
  stdio: ['pipe', 'pipe', 'pipe', ...locks],
})

// What a terminal's jobs get. It hits a tool that hasn't its session yet, and has done nothing.
const ofTerminal = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM']
const tries = 10

// Where ip and nft may be. The PATH of cron, and of a plain `su`, lacks it.
const sbin = '/usr/local/sbin:/usr/sbin:/sbin'

/**
 * Runs a command and blocks the thread until it ends.
 *
 * @param command the file and its arguments, separated by single spaces; no shell reads it
 * @param input its standard input
 * @returns its standard output
 * @throws Failure if it fails, with its standard error; Node's ENOENT if it isn't installed;
 *   TypeError if the command isn't a string
 */
export function run(command: string, input = ''): string {
  if (typeof command !== 'string')
    throw new TypeError(`command must be a string, not ${typeof command}`)
  const [file, ...args] = command.split(' ')
  // On demand: the container never needs it, and loading it takes 8 ms.
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const env = { ...process.env, PATH: [process.env.PATH, sbin].filter(Boolean).join(':') }
  const start = () => spawnSync(file, args, { ...options(), env, input })
  let ended = start()
  for (let n = 1; n < tries && ofTerminal.includes(`${ended.signal}`); n++) ended = start()
  const { status, signal, stdout, stderr } = ended
  const error = ended.error as NodeJS.ErrnoException | undefined
  if (error && error.code !== 'EPIPE') throw error // a tool that fails may leave its input unread
  if (status === 0) return stdout
  const said = [stderr.trim(), signal].filter(Boolean).join('; ')
  throw new Failure(`${command} failed: ${said || `exit status ${status}`}`)
}
