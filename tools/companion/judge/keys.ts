// What a verdict depends on: while none of it changes, a step that held still holds.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { at } from '../../setup/project.mjs'

// What programs and claims are made of. The addon is what native/ says.
const rooms = ['native', 'rootfs/default.ts', 'steps/shared', 'test/harness']

/** A key for each step, of the program, the step's claims, and what both are made of. */
export function keysOf(steps: string[], program: string): Record<string, string> {
  const base = `${program} ${common()}`
  return Object.fromEntries(steps.map((step) => [step, hash([base, read(`test/${step}.test.ts`)])]))
}

let known: string | undefined

/** The same for as long as this process runs: it has loaded these files. */
function common(): string {
  known ??= hash([release(), process.version, ...sources().flatMap((file) => [file, read(file)])])
  return known
}

const sources = () =>
  rooms.flatMap((room) => (/\.ts$/.test(room) ? [room] : sourcesIn(room))).sort()

const sourcesIn = (room: string) =>
  readdirSync(at(room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|cjs|cc|h|c|sh)$/.test(name))
    .map((name) => `${room}/${name}`)

const read = (file: string) => readFileSync(at(file), 'utf8')

const hash = (texts: string[]) =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16)
