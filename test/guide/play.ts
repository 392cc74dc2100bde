// Registers the tests of some chapters' transcripts. Several files share the chapters, so that these run side by side.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Chapter, chapters } from '../../tools/guide/chapters'
import { drift, play } from '../../tools/guide/transcripts'
import { HarnessError } from '../harness/claim'
import { slowness } from '../harness/slowness'
import { repository } from '../harness/work'

const file = 'WORKSHOP.md'
const guide = readFileSync(`${repository}/${file}`, 'utf8')

export const withTranscripts = chapters(guide, file).filter(({ blocks }) => blocks.length > 0)

/** The numbers of the chapters each file plays; 0 stands for those without a number. */
export const shares = [
  [0, 1, 2, 3],
  [4, 5, 7, 9],
  [6, 8],
]

/** As root only these once more: what differs is sudo. */
const asRoot = [1, 4, 6]

const numberOf = (title: string) => Number.parseInt(title, 10) || 0

export function playShare(share: number): void {
  const mine = withTranscripts.filter(({ title }) => shares[share]?.includes(numberOf(title)))
  describe('what the guide prints is what its commands print to an ordinary user: npm run docs', () => {
    if (!existsSync('/usr/bin/sudo'))
      throw new HarnessError('there is no sudo, which the guide tells people to use')
    for (const chapter of mine) register(chapter, { user: true })
  })
  describe('and to root', () => {
    for (const chapter of mine)
      if (asRoot.includes(numberOf(chapter.title))) register(chapter, { user: false })
  })
}

function register(chapter: Chapter, who: { user: boolean }): void {
  const check = async () => {
    const played = await play(chapter, who)
    for (const one of played)
      if ('skipped' in one) console.log(`${file}:${one.block.line}: not executed: ${one.skipped}`)
    expect(drift(played).join('\n')).toBe('')
  }
  test(chapter.title, check, 300_000 * slowness)
}
