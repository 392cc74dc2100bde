// What the guide prints is what its commands print.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Chapter, chapters } from '../../tools/guide/chapters'
import { drift, play } from '../../tools/guide/transcripts'
import { at } from '../../tools/setup/project.mjs'
import { HarnessError } from '../harness/claim'

const all = chapters(readFileSync(at('WORKSHOP.md'), 'utf8'), 'WORKSHOP.md')
const played = all.filter(({ blocks }) => blocks.length > 0)

// Only what differs for root, which is sudo.
const asRoot = played.filter(({ step }) =>
  ['01-exec', '04-mount', '06-pivot-root'].includes(step ?? ''),
)

const check = async ({ blocks }: Chapter, user: boolean) => {
  const found = await play(blocks, { user })
  for (const one of found)
    if ('skipped' in one) console.log(`WORKSHOP.md:${one.block.line}: not executed: ${one.skipped}`)
  expect(drift(found).join('\n')).toBe('')
}

if (!existsSync('/usr/bin/sudo'))
  throw new HarnessError("there is no sudo, which the guide's commands use")

// Each chapter waits for programs most of the time, so they run side by side in one file.
describe.concurrent('typed by an ordinary user', () => {
  for (const chapter of played) test(chapter.title, () => check(chapter, true))
})

describe.concurrent('typed by root', () => {
  for (const chapter of asRoot) test(chapter.title, () => check(chapter, false))
})
