// npm run slides:record: types the slides' console blocks at real terminals, and keeps what these
// show.
import { chownSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { at } from '../../tools/setup/project.mjs'
import { Problem, say, task } from '../../tools/setup/terminal.mjs'
import { castFile, readCast } from './casts'
import { readChapters } from './chapters'
import { drift, type Outcome, type Recorded, recordSlide, type Take, takes } from './recording'

/** Records them; with `check`, only says what differs. */
export async function record(check = false) {
  const { recorded, problems }: Outcome = await task("Typing the slides' console blocks", () =>
    recordAll(),
  )
  if (!check) write(recorded)
  const old = check ? recorded.flatMap(({ take }) => drift(take, readCast(take.id))) : []
  const all = [...new Set([...problems, ...old])]
  if (all.length)
    throw new Problem(`${all.join('\n')}\nFix the slide or the step, then: npm run slides:record`)
  say(
    `${recorded.length} recordings ${check ? 'show what the steps really do' : 'in slides/casts'}.`,
  )
}

const workers = 3

/** Several slides at a time: each gets its own machine. */
export async function recordAll(wanted = slides()): Promise<Outcome> {
  const queue = [...wanted]
  const recorded: Recorded[] = []
  const problems: string[] = []
  const work = async () => {
    for (let slide = queue.shift(); slide; slide = queue.shift()) {
      const result = await recordSlide(slide)
      recorded.push(...result.recorded)
      problems.push(...result.problems)
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return { recorded, problems: problems.sort() }
}

/** The consoles of each slide that has some, in the deck's order. */
export function slides(): Take[][] {
  const all = takes(readChapters())
  const names = new Set(all.map(({ slide }) => slide))
  return [...names].map((name) => all.filter(({ slide }) => slide === name))
}

function write(recorded: Recorded[]) {
  const folder = at('slides', 'casts')
  mkdirSync(folder, { recursive: true })
  const owner = statSync(at('slides'))
  chownSync(folder, owner.uid, owner.gid)
  for (const { take, cast } of recorded) {
    if (isAsGood(readCast(take.id), cast)) continue
    writeFileSync(castFile(take.id), cast)
    chownSync(castFile(take.id), owner.uid, owner.gid)
    say(`  ${take.id}`)
  }
  const known = new Set(recorded.map(({ take }) => `${take.id}.cast`))
  for (const name of readdirSync(folder)) if (!known.has(name)) rmSync(at('slides', 'casts', name))
}

// If only numbers differ, such as pids and sizes, the old recording stays and git shows no change.
const isAsGood = (old: string | undefined, now: string) =>
  old !== undefined && shape(old) === shape(now)
const shape = (cast: string) =>
  cast.replace(/[0-9a-f:.]*\d[0-9a-f:.]*/g, '0').replace(/( |\\t|\d)+/g, ' ')
