// An ordinary user's way out: pasta(1) carries what the container sends as that user's own sockets.
import { readdirSync, readFileSync } from 'node:fs'
import { Failure } from './cli'
import { run } from './command'

// Without the last five, the container would reach what listens on the host's loopback interface,
// and the host what listens in the container.
const pasta =
  'pasta --config-net --quiet ' +
  '--tcp-ports none --udp-ports none --tcp-ns none --udp-ns none --no-map-gw'

/**
 * Gives the network namespace of a process an interface like the host's. It ends with this process,
 * however that ends. Where pasta isn't installed, or finds no network on this host, the process has
 * `lo` alone, and a line on stderr says so.
 *
 * @throws Failure with what `ip` said, and Node's ENOENT if that isn't installed
 * @see https://passt.top
 */
export function connectByPasta(pid: number): void {
  try {
    run(`${pasta} ${pid}`)
  } catch (error) {
    run(`nsenter --preserve-credentials --target ${pid} --user --net ip link set lo up`)
    console.error(`the container reaches no network: ${reason(error)}`)
    return
  }
  endWithThis(findByCommandLine(`${pasta} ${pid}`))
}

// The last line is about the failure; those before may be about what it couldn't log.
const reason = (error: unknown) =>
  error instanceof Failure
    ? `pasta failed: ${error.message.trim().split('\n').at(-1)}`
    : "pasta isn't installed (Debian: passt)"

// It has left its parent, and goes on when the namespace has gone.
function findByCommandLine(command: string): string[] {
  const words = `${command.replaceAll(' ', '\0')}\0`
  return readdirSync('/proc').filter((pid) => /^\d/.test(pid) && commandLine(pid) === words)
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // it has just ended
  }
}

// The shell reads the end of its input when nobody has the other end of the pipe any more.
function endWithThis(pids: string[]): void {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const words = ['-c', 'read end; kill "$@"', 'sh', ...pids]
  const shell = spawn('/bin/sh', words, { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  shell.unref()
  // Before it has its session, a signal to the terminal's jobs can end it.
  shell.once('exit', (_, signal) => signal && endWithThis(pids))
  ;(shell.stdin as unknown as { unref(): void }).unref()
}
