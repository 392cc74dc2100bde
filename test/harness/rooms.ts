// Which tests `npm test` runs, and which only `npm run test:all` does.
import { readdirSync } from 'node:fs'
import * as path from 'node:path'

const tests = path.resolve(import.meta.dirname, '..')

/** What proves the steps on a machine: their claims, and what they and the guide are made from. */
const first = ['native', 'shared', 'rootfs', 'house', 'guide/text', 'guide/code', 'guide/blocks']

/** Other networks, firewalls, archives and shells than most people have: these take minutes. */
const later = [
  'shared/network',
  'shared/forwarding',
  'shared/etc',
  'shared/layers',
  'rootfs/kinds',
  'native/jobs',
]

const nameOf = (file: string) => path.relative(tests, file).replace(/\.test\.ts$/, '')

/** The name of a test: its step, its room, or in the guide's room its own. */
export function roomOf(file: string): string {
  const name = nameOf(file)
  return name.startsWith('guide/') ? name : (name.split('/')[0] as string)
}

const isStep = (file: string) => /^\d+-/.test(roomOf(file))
export const isFirst = (file: string) =>
  isStep(file) || (first.includes(roomOf(file)) && !later.includes(nameOf(file)))

/** What is left out, in a few words. */
const place = (file: string) =>
  later.includes(nameOf(file))
    ? nameOf(file)
    : roomOf(file).replace(/^guide\/.*/, "the guide's commands")

/**
 * The test files to run, and what that leaves out. `steps` is TEST_STEPS. A word of the command
 * line that names a file brings it, even if it would be left out.
 */
export function choose(steps: string, words: string[]): { include: string[]; leftOut: string } {
  const all = readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(tests, name))
  if (steps === 'all') return { include: all, leftOut: '' }
  if (steps === 'rest') {
    // The last two have no later step that is left out.
    const early = all.filter(isStep).sort().slice(0, -2)
    return { include: [...early, ...all.filter((file) => !isFirst(file))], leftOut: '' }
  }
  const include = all.filter((file) => isFirst(file) || words.some((word) => file.includes(word)))
  const places = new Set(all.filter((file) => !include.includes(file)).map(place))
  const rest = [...places].sort().join(', ')
  return { include, leftOut: `${rest}, and most later steps: npm run test:all` }
}
