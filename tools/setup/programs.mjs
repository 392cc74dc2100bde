// Finding, running and becoming other programs.
import { spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants as os } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { at, root } from './project.mjs'
import { Problem } from './terminal.mjs'

// An ordinary user's PATH often lacks the sbin directories, where ip and nft live.
const directories = [
  ...(process.env.PATH ?? '').split(delimiter).filter(Boolean),
  ...['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'],
]

/** The absolute path of a program, or undefined. */
export function find(name) {
  return directories.map((directory) => join(directory, name)).find(isExecutable)
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/**
 * Runs a program quietly; resolves to what it printed. If it fails, the Problem has the end of
 * that. `detail` gets the last line, whenever there is more.
 * @returns {Promise<string>}
 */
export function quiet(file, args, detail = (_line) => {}) {
  return new Promise((resolve, reject) => {
    // A build that asks for `node` gets this one, even if it isn't in PATH.
    const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter)
    const child = spawn(file, args, {
      cwd: root,
      env: { ...process.env, PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const collect = (chunk) => {
      output = output + chunk
      detail(
        output
          .trimEnd()
          .split(/[\r\n]/)
          .at(-1) ?? '',
      )
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.on('error', (error) =>
      reject(new Problem(`${file} couldn't be started: ${error.message}`)),
    )
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output)
      reject(
        new Problem(
          `${shown([file, ...args])} ended with ${signal ?? `status ${code}`}:\n${excerpt(output)}`,
        ),
      )
    })
  })
}

// Some programs say at the beginning of their output why they failed, others at the end.
function excerpt(text) {
  const lines = text.trimEnd().split('\n')
  const kept = lines.length > 32 ? [...lines.slice(0, 8), '…', ...lines.slice(-22)] : lines
  return kept.map((line) => `    ${line}`).join('\n')
}

/**
 * Becomes `argv`, so that no launcher stays behind while a container runs. If neither this Node nor
 * the addon can do that, runs it as a child and ends as it ends.
 * @param {string[]} argv
 */
export async function become([name, ...args]) {
  process.chdir(root)
  const file = name.includes('/') ? name : (find(name) ?? name)
  replaceProcess(file, args)
  await follow(file, args)
}

function replaceProcess(file, args) {
  const argv = [file, ...args]
  // Newer than the oldest Node, and so than its types.
  const { execve } = /** @type {{ execve?: Function }} */ (process)
  const native = loadAddon()
  // npm passes on SIGINT and SIGTERM. When it ends otherwise, the program gets this signal. (Not
  // through sudo: the kernel forgets it when a process becomes another user's.)
  if (process.env.npm_command) native?.endWithParent?.(os.signals.SIGTERM)
  try {
    if (execve) execve.call(process, file, argv, process.env)
    else native?.execve([file], argv, environment(), false)
  } catch {
    // Waiting for a child does the same, with one more process.
  }
}

function loadAddon() {
  try {
    return createRequire(import.meta.url)(addon)
  } catch {
    return undefined // not built yet
  }
}

const environment = () => Object.entries(process.env).map(([name, value]) => `${name}=${value}`)
const addon = at('native', 'build', 'Release', 'native.node')

/**
 * The terminal sends Ctrl-C to both; the child decides what to do about it.
 * @returns {Promise<void>}
 */
function follow(file, args) {
  return new Promise((resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGQUIT']) process.on(signal, () => {})
    const child = spawn(file, args, { cwd: root, stdio: 'inherit' })
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
      process.on(signal, () => child.kill(signal))
    child.on('error', (error) =>
      reject(new Problem(`${file} couldn't be started: ${error.message}`)),
    )
    child.on('exit', (code, signal) => {
      process.exitCode = signal ? 128 + os.signals[signal] : (code ?? 1)
      resolve()
    })
  })
}

/** `argv` as you'd type it into a shell. */
export const shown = (argv) => argv.map(quote).join(' ')

function quote(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
