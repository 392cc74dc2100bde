// What somebody who writes slides is told when one of them cannot be made.
import { expect, test } from 'vitest'
import { parseChange } from '../../slides/deck/change'
import { readChapter } from '../../slides/deck/chapters'
import { renderSlide } from '../../slides/deck/markdown'

const head = '<!-- .chapter: title="Title" minutes="1 2 3" -->\n'
const slide = (text: string, attributes = 'id="one" data-timing="60"') =>
  `${head}---\n<!-- .slide: ${attributes} -->\n${text}\n`

test.each([
  ['no title of the chapter', '---\n', 'slides/03-pid.md: its first part needs <!-- .chapter'],
  [
    'minutes that are no numbers',
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

test('a line of --- in a fenced block ends no slide', () => {
  const { slides } = readChapter('03-pid', slide('```text\n---\n```\nNote: hi'))
  expect(slides).toHaveLength(1)
})

test('a change that the step no longer has is named, with the place on the slide', async () => {
  await expect(
    parseChange(3, 'main.ts', 'no such line :: note', 'slides/03-pid.md:7'),
  ).rejects.toThrow('slides/03-pid.md:7: no further line of steps/03-pid/main.ts has: no such line')
  await expect(parseChange(3, 'other.ts', 'x', 'slides/03-pid.md:7')).rejects.toThrow(
    'steps/03-pid has no other.ts',
  )
})

test.each([
  ['![words](pictures/none)', 'there is no picture'],
  ['![](pictures/03-pid)', 'needs a title'],
])('%s is refused', async (markdown, message) => {
  const chapter = readChapter('03-pid', slide(`${markdown}\nNote: hi`))
  await expect(renderSlide(chapter, chapter.slides[0])).rejects.toThrow(`slides/03-pid.md:3: `)
  await expect(renderSlide(chapter, chapter.slides[0])).rejects.toThrow(message)
})

test('a block in a language that nobody colours is refused', async () => {
  const chapter = readChapter('03-pid', slide('```klingon\nx\n```\nNote: hi'))
  await expect(renderSlide(chapter, chapter.slides[0])).rejects.toThrow('slides/03-pid.md:3: ')
})
