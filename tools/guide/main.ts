// npm run docs: brings the guide in line with the steps and with what commands really print, or says where it is not.
import { Command } from 'commander'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseOptions } from '../setup/options.mjs'
import { main, Problem, say, task } from '../setup/terminal.mjs'
import { chapters } from './chapters'
import { generatedDrift } from './drift'
import { generate } from './generate'
import { drift, type Played, play, rewrite } from './transcripts'

const { check, chapter, file } = options()

// As most readers do, where there is sudo.
const user = existsSync('/usr/bin/sudo')

void main(async () => {
  const before = await explained(() => readFileSync(file, 'utf8'))
  const filled = await explained(() => generate(before, file))
  const played = await explained(() => playAll(filled))
  for (const one of played)
    if ('skipped' in one) say(`${file}:${one.block.line}: not executed: ${one.skipped}`)
  if (check) report(before, filled, played)
  else write(before, rewrite(filled, played), played)
})

async function playAll(markdown: string): Promise<Played[]> {
  const wanted = chapters(markdown, file).filter(
    ({ title, blocks }) => blocks.length && (!chapter || title.startsWith(`${chapter}. `)),
  )
  const played: Played[] = []
  for (const one of wanted) played.push(...(await task(one.title, () => play(one, { user }))))
  return played
}

/** What goes wrong here is to be mended in the guide or on the machine. */
async function explained<T>(action: () => T | Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw new Problem((error as Error).message)
  }
}

function options() {
  const command = new Command('npm run docs --')
    .description(
      'Brings the code, diffs, tables and transcripts of the guide in line with reality.',
    )
    .argument('[file]', 'the guide', 'WORKSHOP.md')
    .option('--check', 'change nothing, but say what differs')
    .option('--chapter <number>', 'the transcripts of this chapter alone')
  const parsed = parseOptions(command, process.argv.slice(2))
  return {
    ...parsed.opts<{ check?: boolean; chapter?: string }>(),
    file: parsed.processedArgs[0] as string,
  }
}

function report(before: string, filled: string, played: Played[]): void {
  const problems = [...generatedDrift(before, filled, file), ...drift(played)]
  if (problems.length)
    throw new Problem(`${problems.join('\n')}\nBring it in line with: npm run docs`)
  say(`${count(played)} printed what ${file} says.`)
}

function write(before: string, after: string, played: Played[]): void {
  writeFileSync(file, after)
  const changed = drift(played)
  for (const one of changed) say(one)
  say(
    after === before
      ? `${file} was up to date: ${count(played)}.`
      : `${file} is up to date now; look at what changed with: git diff ${file}`,
  )
}

function count(played: Played[]): string {
  const executed = played.filter((one) => !('skipped' in one)).length
  return executed === 1 ? '1 command' : `${executed} commands`
}
