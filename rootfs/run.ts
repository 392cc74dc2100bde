import { spawn } from 'node:child_process'
import { systemText } from './problem'

export interface RunOptions {
  cwd?: string
  signal?: AbortSignal
  /** Let the person see what the program prints; it goes to stderr, stdout stays for results. */
  show?: boolean
}

export interface RunResult {
  /** Null when the program could not be started or was ended by a signal. */
  status: number | null
  stdout: string
  /** The last line on stderr, or why the program could not be started. */
  reason: string
}

/**
 * Runs a program to its end. It never throws for what the program does; it throws the signal's reason when `signal`
 * is aborted, after the program and all its children are gone.
 */
export async function run(
  command: string,
  args: string[],
  options: RunOptions = {},
): Promise<RunResult> {
  options.signal?.throwIfAborted()
  const output = { stdout: '', stderr: '' }
  // A process group of its own, so that an abort reaches the grandchildren too.
  const child = spawn(command, args, {
    cwd: options.cwd,
    detached: true,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: options.show ? ['ignore', 2, 2] : ['ignore', 'pipe', 'pipe'],
  })
  child.stdout?.on('data', (chunk) => (output.stdout += chunk))
  child.stderr?.on('data', (chunk) => (output.stderr += chunk))
  const end = () => killGroup(child.pid)
  options.signal?.addEventListener('abort', end)
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    const reason = output.stderr.trim().split('\n').at(-1) || `status ${status}`
    return { status, stdout: output.stdout, reason }
  } catch (error) {
    return { status: null, stdout: '', reason: `${command}: ${systemText(error)}` }
  } finally {
    options.signal?.removeEventListener('abort', end)
    options.signal?.throwIfAborted()
  }
}

// SIGKILL, because what the program was writing is thrown away anyway.
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended in the meantime.
  }
}
