// Recordings of the console blocks: their format, and whether they still show what the steps do.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fromCast, readCast, toCast } from '../../slides/deck/casts'
import { readChapter, readChapters } from '../../slides/deck/chapters'
import { recordAll, slides } from '../../slides/deck/record'
import { drift, recordSlide, takes } from '../../slides/deck/recording'
import { HANG } from '../harness/waiting'
import { repository } from '../harness/work'

test('a recording is an asciicast of version 2, and reads back as it was written', () => {
  const exchanges = [
    { prompt: '$ ', input: 'id', output: ['uid=0', 'é'] },
    { prompt: 'container:/# ', input: 'a\nb', output: [] },
  ]
  const recording = { cols: 46, rows: 16, exchanges }
  const cast = toCast(recording)
  expect(fromCast(cast)).toEqual(recording)
  const [header, ...events] = cast
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text))
  expect(header).toMatchObject({ version: 2, width: 46, height: 16 })
  expect(events.slice(0, 8)).toEqual([
    [0, 'o', '$ '],
    [0.5, 'm', 'id'],
    [0.54, 'o', 'i'],
    [0.58, 'o', 'd'],
    [0.88, 'o', '\r\n'],
    [1.28, 'o', 'uid=0\r\né\r\n'],
    [1.68, 'o', 'container:/# '],
    [2.68, 'm', 'a\nb'],
  ])
})

const slide = (body: string) =>
  takes([
    readChapter(
      '99-test',
      `<!-- .chapter: title="Test" minutes="1 1 1" -->\n---\n<!-- .slide: id="try" data-timing="1" -->\n\n${body}\n\nNote:\nNone.\n`,
    ),
  ])

describe('typing a slide', () => {
  test('gives what its terminals really show, and says where the slide differs', async () => {
    const { recorded, problems } = await recordSlide(
      slide(
        '```console host\n$ echo one; echo $((40 + 2))\none\n43\n$ stty size\n16 46\n```\n\n```console other\n$ cd /; pwd\n<path>\n```',
      ),
    )
    expect(recorded.map(({ take, cast }) => [take.id, fromCast(cast).exchanges])).toEqual([
      [
        '99-test-try-1',
        [
          { prompt: '$ ', input: 'echo one; echo $((40 + 2))', output: ['one', '42'] },
          { prompt: '$ ', input: 'stty size', output: ['16 46'] },
        ],
      ],
      ['99-test-try-2', [{ prompt: '$ ', input: 'cd /; pwd', output: ['/'] }]],
    ])
    expect(problems).toEqual([
      'slides/99-test.md:8: `echo one; echo $((40 + 2))`\n  expected: 43\n       got: 42\n' +
        '  all of it: one\n             42',
    ])
  })

  test('says so if a command ends the shell', async () => {
    const { problems } = await recordSlide(slide('```console host\n$ exit\n```'))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^slides\/99-test\.md:6: .*`exit`/)
  })
})

/** In CI, each sixth slide: the rehearsal types all of them, on one machine. Says so. */
function chosen() {
  const all = slides()
  if (process.env.TEST_STEPS !== 'rest') return all
  const some = all.filter((_, index) => index % 6 === 0)
  console.log(`${all.length - some.length} slides only in the rehearsal: npm run test:all`)
  return some
}

describe('the recordings of the deck', () => {
  const all = takes(readChapters())

  test('exist for every console block, and for nothing else', () => {
    const files = readdirSync(join(repository, 'slides/casts')).map((name) =>
      name.replace('.cast', ''),
    )
    expect(files.sort()).toEqual(all.map(({ id }) => id).sort())
  })

  test('show what their slides show', () => {
    expect(all.flatMap((take) => drift(take, readCast(take.id)))).toEqual([])
  })

  test('name no path and no machine they were made on', () => {
    for (const { id } of all) {
      expect(readCast(id)).not.toContain(repository)
      expect(readCast(id)).not.toContain('container-host-')
    }
  })

  test(
    'show what the steps do today',
    async () => {
      const wanted = chosen()
      const { recorded, problems } = await recordAll(wanted)
      expect(problems).toEqual([])
      expect(recorded).toHaveLength(wanted.flat().length)
    },
    10 * HANG,
  )
})
