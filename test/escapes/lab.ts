// What the probes need: a container of a step, a program in it, a view from outside.
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { bringFixture } from '../harness/fixtures'
import { inHost, snapshot } from '../harness/host'
import { inPidNamespace, namespace, tryRead } from '../harness/proc'
import { claim, quote } from '../harness/claim'
import { copyRoot } from '../harness/rootfs'
import { Target } from '../harness/target'
import { work } from '../harness/work'

export type Lab = Awaited<ReturnType<typeof openLab>>

/** With a user, containers are started by that one; 0 is root. */
export async function openLab(step: string, user = 0) {
  /** Starts further containers. */
  const target = Target.step(step)
  /** A folder of root's on the host. */
  const folder = fs.mkdtempSync(path.join(work().folder, 'probes-'))
  fs.chmodSync(folder, 0o755)
  target.user = user
  target.variables = { TMPDIR: makeOwn(path.join(folder, 'tmp'), user) }
  /** The program of probe.c: the same path leads to it on the host and in the container. */
  const program = path.join(folder, 'probe')
  compile('probe.c', program)
  fs.cpSync(folder, path.join(work().rootfs, folder), { recursive: true })
  /** The pid to enter the host's mounts and network by. */
  const host = await target.ownHost()
  const before = snapshot(host)
  return { target, host, before, folder, program, shell: await target.live() }
}

function makeOwn(folder: string, user: number): string {
  fs.mkdirSync(folder)
  fs.chownSync(folder, user, user)
  return folder
}

/** Once a test run: each lab gets a copy. */
function compile(source: string, program: string): void {
  const compiled = path.join(work().folder, `${source}.${process.pid}`)
  if (!fs.existsSync(compiled)) bringFixture(`test/escapes/${source}`, compiled)
  fs.copyFileSync(compiled, program)
}

/** A rootfs with a hostile ELF interpreter: each program starts as interpreter.c. */
export function hostileRootfs({ folder, program }: Pick<Lab, 'folder' | 'program'>): string {
  const root = path.join(folder, 'hostile')
  if (fs.existsSync(root)) return root
  // Of busybox's names, the probe needs the shell's.
  copyRoot(root, (file) => !fs.lstatSync(file).isSymbolicLink() || path.basename(file) === 'sh')
  fs.copyFileSync(program, path.join(root, 'probe'))
  const interpreter = path.join(root, interpreterOf(process.execPath))
  fs.mkdirSync(path.dirname(interpreter), { recursive: true })
  compile('interpreter.c', interpreter)
  return root
}

// The path is among the first bytes of the program.
function interpreterOf(program: string): string {
  const head = beginningOf(program, 4096).toString('latin1')
  const [found] = /\/lib[\w./-]*\/ld-[\w.-]+/.exec(head) ?? []
  claim(found !== undefined, `an ELF interpreter named in ${program}`, 'none')
  return found
}

function beginningOf(file: string, length: number): Buffer {
  const fd = fs.openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, fs.readSync(fd, bytes))
  } finally {
    fs.closeSync(fd)
  }
}

/** Runs the program of probe.c on the host. */
export function onHost({ host, program }: Lab, ...words: string[]): string {
  const [file, ...args] = [...inHost(host), program, ...words]
  return execFileSync(file as string, args, { encoding: 'utf8' }).trim()
}

/** Has a process in the container open a file for writing, and looks from outside. */
export async function opensForWriting(
  { shell }: Lab,
  file: string,
): Promise<{ held: boolean; said: string }> {
  // When the inner shell has answered, the process it leaves has the file open, or never will.
  const { output } = await shell.ask(`sh -c 'sleep 300 > /dev/null 2>&1 & echo $!' 9>> ${file}`)
  const pids = inPidNamespace(namespace(shell.pid, 'pid'))
  const flags = pids.map(
    (pid) => /^flags:\s*(\d+)/m.exec(tryRead(`/proc/${pid}/fdinfo/9`) ?? '')?.[1],
  )
  if (/^\d+$/.test(output)) await shell.ask(`kill ${output}`)
  return {
    held: flags.some((octal) => octal && (Number.parseInt(octal, 8) & 3) === 1),
    said: quote(output),
  }
}
