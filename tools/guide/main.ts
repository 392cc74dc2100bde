// npm run docs: brings the guide up to date with the steps and with what commands really print.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { parseOptions } from '../setup/options.mjs'
import { main, Problem, say, task } from '../setup/terminal.mjs'
import { chapters } from './chapters'
import { countGenerated, generate, generatedDrift } from './generate'
import { drift, type Played, play, rewrite } from './transcripts'

const { check, file } = options()

// As most readers type them, if there is sudo.
const user = existsSync('/usr/bin/sudo')

void main(async () => {
  if (!existsSync(file)) throw new Problem(`There is no file ${file}.`)
  const before = readFileSync(file, 'utf8')
  if (before.includes('\r'))
    throw new Problem(`The lines of ${file} end as on Windows. Convert it, or clone it again.`)
  const filled = generate(before, file)
  const wanted = chapters(filled, file).filter(({ blocks }) => blocks.length > 0)
  if (wanted.length + countGenerated(filled) === 0)
    throw new Problem(`There is nothing to check in ${file}: no code, no diff, no console block.`)
  const played: Played[] = []
  for (const { title, blocks } of wanted)
    played.push(...(await task(title, () => play(blocks, { user }))))
  for (const one of played)
    if ('skipped' in one) say(`${file}:${one.block.line}: not executed: ${one.skipped}`)
  if (check) report(before, filled, played)
  else write(before, rewrite(filled, played), played)
})

function options() {
  const command = new Command('npm run docs --')
    .description("Brings the guide's code, diffs, tables and transcripts up to date.")
    .argument('[file]', 'the guide', 'WORKSHOP.md')
    .option('--check', 'change nothing; say what differs')
  const parsed = parseOptions(command, process.argv.slice(2))
  return {
    ...parsed.opts<{ check?: boolean }>(),
    file: parsed.processedArgs[0] as string,
  }
}

function report(before: string, filled: string, played: Played[]): void {
  const problems = [...generatedDrift(before, filled, file), ...drift(played)]
  if (problems.length)
    throw new Problem(`${problems.join('\n')}\nBring it up to date with: npm run docs`)
  say(`${file} is up to date: ${count(played)}.`)
}

function write(before: string, after: string, played: Played[]): void {
  if (after !== before) writeFileSync(file, after)
  for (const one of drift(played)) say(one)
  say(
    after === before
      ? `${file} was up to date: ${count(played)}.`
      : `${file} is up to date now; see what changed with: git diff ${file}`,
  )
}

function count(played: Played[]): string {
  const executed = played.filter((one) => !('skipped' in one)).length
  return executed === 1 ? '1 command typed' : `${executed} commands typed`
}
