// npm run slides:record: types the console blocks of the slides at real terminals, and keeps what these answered.
import { Command } from 'commander'
import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { asRoot } from '../../tools/setup/root.mjs'
import { at, root } from '../../tools/setup/project.mjs'
import { Problem, say, task } from '../../tools/setup/terminal.mjs'
import { castFile, readCast } from './casts'
import { readChapters } from './chapters'
import { parseOptions } from '../../tools/setup/options.mjs'
import { drift, record, type Take, takes } from './recording'

type Flags = { check?: boolean }

export async function run(args: string[]) {
  const { check, chapters } = parse(args)
  if (process.getuid?.() !== 0) return runAsRoot(args)
  const { recorded, problems }: Outcome = await task(
    'Typing the console blocks of the slides',
    () => recordAll(chapters),
  )
  if (!check) write(recorded, chapters.length === 0)
  const old = check ? recorded.flatMap(({ take }) => drift(take, readCast(take.id))) : []
  const all = [...new Set([...problems, ...old])]
  if (all.length)
    throw new Problem(`${all.join('\n')}\nMend the slide or the step, then: npm run slides:record`)
  say(
    `${recorded.length} recordings ${check ? 'are what the steps really do' : 'in slides/casts'}.`,
  )
}

function parse(args: string[]): Flags & { chapters: string[] } {
  const command = new Command('npm run slides:record --')
    .description('Types the console blocks of the slides, and records what the terminals show.')
    .argument('[chapters...]', 'only these: numbers or names of slides/*.md')
    .option('--check', 'record nothing, but say where slides, recordings and steps differ')
  parseOptions(command, args)
  return { ...command.opts<Flags>(), chapters: command.args }
}

// The machine on which it is typed is made of namespaces, which only root makes.
function runAsRoot(args: string[]) {
  const [file, ...rest] = asRoot([process.execPath, at('tools', 'slides.mjs'), 'record', ...args])
  process.exitCode = spawnSync(file, rest, { cwd: root, stdio: 'inherit' }).status ?? 1
}

const workers = 3

type Recorded = { take: Take; cast: string }
type Outcome = { recorded: Recorded[]; problems: string[] }

/** Several slides at the same time: each has a machine of its own. */
export async function recordAll(wanted: string[] = []): Promise<Outcome> {
  const all = takes(readChapters()).filter(({ chapter }) => isWanted(chapter, wanted))
  const slides = new Set(all.map(({ slide }) => slide))
  const queue = [...slides].map((name) => all.filter(({ slide }) => slide === name))
  const recorded: Recorded[] = []
  const problems: string[] = []
  const work = async () => {
    for (let slide = queue.shift(); slide; slide = queue.shift()) {
      const result = await record(slide)
      recorded.push(...result.recorded)
      problems.push(...result.problems)
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return { recorded, problems: problems.sort() }
}

const isWanted = (chapter: string, wanted: string[]) =>
  wanted.length === 0 ||
  wanted.some((word) => chapter === word || Number(word) === Number.parseInt(chapter, 10))

function write(recorded: Recorded[], isAll: boolean) {
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
  if (isAll)
    for (const name of readdirSync(folder))
      if (!known.has(name)) rmSync(at('slides', 'casts', name))
}

// Where only numbers differ, such as pids, addresses and sizes, the old recording stays, and git shows no change.
const isAsGood = (old: string | undefined, now: string) =>
  old !== undefined && shape(old) === shape(now)
const shape = (cast: string) =>
  cast.replace(/[0-9a-f:.]*\d[0-9a-f:.]*/g, '0').replace(/( |\\t|\d)+/g, ' ')
