// node program.ts SEED CALLS TRACE: prints how many calls it made. A finding ends it with status 1.
// It starts in new namespaces, with a user namespace among them, so the kernel itself keeps every
// call away from the host.
import { execFileSync } from 'node:child_process'
import {
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { repository } from '../../harness/work'
import * as native from '../all'
import { calls, type Fuzzed } from './functions'

const [seed, wanted] = process.argv.slice(2, 4).map(Number)
// Each call is written here first, so that the last one is known after a crash or a hang.
const trace = openSync(process.argv[4], 'w')
const share = ({ slow }: Fuzzed) => (slow ? 0.1 : 1)
const total = calls.reduce((sum, one) => sum + share(one), 0)
let made = 0

function property({ name, args, call }: Fuzzed) {
  return fc.asyncProperty(args, async (values) => {
    made++
    writeSync(trace, `${name} ${inspect(values).slice(0, 2000)}\n`, 0)
    await call(...(values as never[]))
  })
}

async function fuzz(one: Fuzzed): Promise<void> {
  const numRuns = Math.ceil((wanted * share(one)) / total)
  const found = await fc.check(property(one), { seed, numRuns })
  if (!found.failed) return
  // Not in fast-check's own words: those would call the getters of hostile values.
  const { counterexample, counterexamplePath, errorInstance } = found
  throw new Error(
    `${one.name} failed with seed ${seed}, path ${counterexamplePath}\n` +
      `${inspect(counterexample)}\n${inspect(errorInstance)}`,
  )
}

/** Leaves the host's files for a new root: a world to mount, kill and rename things in. */
function enterWorld(busybox: string): void {
  if (process.ppid !== 1)
    throw new Error('the fuzz starts only in a new pid namespace: it calls anything')
  const command = readFileSync(busybox) // read first: it may be below /tmp
  native.mount('world', '/tmp', 'tmpfs')
  process.chdir('/tmp')
  for (const directory of ['bin', 'proc', 'tree', 'tree/a', 'tree/a/b', 'tree/mount'])
    mkdirSync(directory)
  writeFileSync('bin/true', command, { mode: 0o755 })
  writeFileSync('tree/file', 'no program')
  writeFileSync('tree/broken', '\x7fELF', { mode: 0o755 })
  writeFileSync('tree/lost', '#!/no/such/interpreter\n', { mode: 0o755 })
  symlinkSync('/tree/a', 'tree/link')
  symlinkSync('loop', 'tree/loop')
  native.mount('proc', 'proc', 'proc')
  native.pivot_root('.', '.')
  native.umount2('.', native.MNT_DETACH)
  process.chdir('/')
  native.mount('mount', '/tree/mount', 'tmpfs')
  openSync('/tree/file', 'r')
  openSync('/proc/self/ns/uts', 'r')
  openSync('/proc/self/ns/mnt', 'r')
}

function openDescriptors(): number[] {
  const isOpen = (fd: number) => {
    try {
      return fstatSync(fd).nlink >= 0
    } catch {
      return false
    }
  }
  return Array.from({ length: 1024 }, (_, fd) => fd).filter(isOpen)
}

async function main(): Promise<void> {
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  enterWorld(join(repository, 'rootfs/busybox/bin/busybox'))
  const before = openDescriptors()
  for (const one of calls) await fuzz(one)
  const left = () => openDescriptors().filter((fd) => !before.includes(fd))
  // spawn() closes its descriptors a moment after it resolves.
  for (let tries = 0; left().length > 0 && tries < 1200; tries++)
    await new Promise((done) => setTimeout(done, 50))
  if (left().length > 0) throw new Error(`these descriptors stayed open: ${left().join(', ')}`)
  writeSync(1, `${made}\n`)
}

main().catch((error: Error) => {
  writeSync(2, `${error.message}\n`)
  process.exit(1)
})
