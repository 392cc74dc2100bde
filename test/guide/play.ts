// Registers the tests of some chapters' transcripts. Several files share the chapters, so that these run side by side.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { chapters } from '../../tools/docs/chapters'
import { drift, play } from '../../tools/docs/transcripts'
import { repository } from '../lib/work'

const file = 'WORKSHOP.md'
const guide = readFileSync(`${repository}/${file}`, 'utf8')

export const withTranscripts = chapters(guide, file).filter(({ blocks }) => blocks.length > 0)

/** The numbers of the chapters each file plays; 0 stands for those without a number. */
export const shares = [
  [0, 1, 2, 3],
  [4, 5, 8],
  [6, 7, 9],
]

export function playShare(share: number): void {
  describe('what the guide prints is what its commands print: npm run docs', () => {
    for (const chapter of withTranscripts) {
      if (!shares[share]?.includes(Number.parseInt(chapter.title, 10) || 0)) continue
      test(chapter.title, async () => {
        const played = await play(chapter)
        for (const one of played)
          if ('skipped' in one) console.log(`${file}:${one.block.line}: not executed: ${one.skipped}`)
        expect(drift(played).join('\n')).toBe('')
      }, 120_000)
    }
  })
}
