// What you are told when you write a slide that can't be made.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseChange, renderChange } from '../../slides/deck/change'
import { type Chapter, readChapter, readChapters } from '../../slides/deck/chapters'
import { schedule } from '../../slides/deck/plan'
import { renderSlide } from '../../slides/deck/slide'

const render = (chapter: Chapter) => renderSlide(schedule(chapter, 90)[0], chapter, [chapter], 90)

const head = '<!-- .chapter: title="Title" minutes="1 2 3" -->\n'
const slide = (text: string, attributes = 'id="one" data-timing="60"') =>
  `${head}---\n<!-- .slide: ${attributes} -->\n${text}\n`

test.each([
  ['no chapter title', '---\n', 'slides/03-pid.md: its first part needs <!-- .chapter'],
  [
    'minutes that are not numbers',
    head.replace('2', 'two'),
    'slides/03-pid.md: its first part needs',
  ],
  [
    'no id',
    slide('Note: hi', 'data-timing="60"'),
    'slides/03-pid.md:3: a slide needs <!-- .slide: id',
  ],
  ['no notes', slide('# Title'), 'slides/03-pid.md:3: a slide needs its notes'],
  ['no time', slide('Note: hi', 'id="one"'), 'slides/03-pid.md:3: a slide needs data-timing'],
])('a chapter with %s is named', (_, text, message) => {
  expect(() => readChapter('03-pid', text)).toThrow(message)
})

test('--- in a fenced block does not end a slide', () => {
  const { slides } = readChapter('03-pid', slide('```text\n---\n```\nNote: hi'))
  expect(slides).toHaveLength(1)
})

test('--- right below a text, which Markdown takes for a heading, is named', () => {
  expect(() => readChapter('03-pid', slide('Note: hi\n---\n'))).toThrow(
    'slides/03-pid.md:5: leave a line empty before ---',
  )
})

test('chapters come in the order of their numbers, the closing after any step', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deck-chapters-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const names = ['00-opening', '02-uts', '10-ipc', '10-tenth', '20-twentieth', '99-closing']
  for (const name of names.toReversed())
    writeFileSync(join(folder, `${name}.md`), slide('Note: hi'))
  expect(readChapters(folder).map(({ name }) => name)).toEqual(names)
  expect(readChapters(folder).map(({ step }) => step)).toEqual([0, 2, 10, 0, 0, 0])
})

test('a change the step no longer has is named, with its place on the slide', async () => {
  await expect(
    parseChange('03-pid', 'main.ts', 'no such line :: note', 'slides/03-pid.md:7'),
  ).rejects.toThrow('slides/03-pid.md:7: no further line of steps/03-pid/main.ts has: no such line')
  await expect(
    parseChange('03-pid', 'main.ts', 'cloneflags: CLONE_NEWUTS, :: x', 'x:7'),
  ).rejects.toThrow('x:7: cloneflags: CLONE_NEWUTS, ends before the line that takes the place')
  await expect(parseChange('03-pid', 'other.ts', 'x', 'slides/03-pid.md:7')).rejects.toThrow(
    'steps/03-pid has no other.ts',
  )
})

test('a change marks the words that differ in a line, and no line that is new as a whole', async () => {
  const marked = async (step: string, file: string, block: string) => {
    const html = renderChange(await parseChange(step, file, block, step))
    const marks = html.matchAll(/<(ins|del)>(.*?)<\/\1>/g)
    return [...marks].map(([, mark, text]) => `${mark} ${text.replace(/<[^>]*>/g, '')}`).join('')
  }
  expect(await marked('03-pid', 'main.ts', 'cloneflags: CLONE_NEWUTS, ... CLONE_NEWPID')).toMatch(
    /^(ins [| ]*)+CLONE_NEWPID$/,
  )
  const other = 'afterEnd: [removeCgroup], ... disconnect],'
  expect(await marked('08-net', 'main.ts', other)).toMatch(/^ins[, ins]* disconnect$/)
  expect(await marked('02-uts', 'main.ts', "case 'child': ... break")).toBe('')
  expect(await marked('02-uts', 'main.ts', 'function child ... ^}')).toBe('')
})

test.each([
  ['![words](pictures/none)', 'there is no picture'],
  ['![](pictures/03-pid)', 'needs a title'],
])('%s is refused', async (markdown, message) => {
  const chapter = readChapter('03-pid', slide(`${markdown}\nNote: hi`))
  await expect(render(chapter)).rejects.toThrow(`slides/03-pid.md:3: `)
  await expect(render(chapter)).rejects.toThrow(message)
})

test('a block in an unknown language is refused', async () => {
  const chapter = readChapter('03-pid', slide('```klingon\nx\n```\nNote: hi'))
  await expect(render(chapter)).rejects.toThrow('slides/03-pid.md:3: ')
})
