// The guide as a text: every step has its chapter, every chapter its parts, every link its target.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fences } from '../../tools/console/markdown'
import { type Chapter, chapters, headings } from '../../tools/guide/chapters'
import { type ManPage, manPages } from '../../tools/guide/man-pages'
import { afterwards } from '../../tools/guide/minutes'
import { brokenLinks, brokenMarkdown, unknownCommands } from '../../tools/guide/prose'
import { at } from '../../tools/setup/project.mjs'
import { find } from '../../tools/setup/programs.mjs'
import { partOf, steps } from '../../tools/setup/steps.mjs'

const read = (file: string) => readFileSync(at(file), 'utf8')
const guide = read('WORKSHOP.md')
const lines = guide.split('\n')
const all = chapters(guide, 'WORKSHOP.md')
const blocks = all.flatMap((chapter) => chapter.blocks)
const titles = headings(guide)
const place = (line: number) => `WORKSHOP.md:${line}`

const parts = [
  ...['The question', 'The idea', 'The change', 'Check it', 'Try it', 'Break it', ...afterwards],
]

/** The terminals that one part of a chapter uses. */
function terminals({ line, end, blocks }: Chapter, part: string): string[] {
  const from = titles.findIndex((title) => title.text === part && title.line > line)
  const start = titles[from]?.line ?? end
  const stop = titles[from + 1]?.line ?? end
  const inside = blocks.filter((block) => block.line > start && block.line < stop)
  return [...new Set(inside.map(({ terminal }) => terminal))].sort()
}

describe('each step has a chapter', () => {
  test('with its number, in order, and no other chapter has a number', () => {
    const numbered = all.filter(({ title }) => /^\d+\./.test(title))
    expect(numbered.map(({ step }) => step)).toEqual(steps())
  })

  test.each(steps())('%s: all parts, the change from the step before, its minutes', (step) => {
    const chapter = all.find((one) => one.step === step) as Chapter
    const { title, line, end, text, time } = chapter
    const inside = titles.filter((heading) => heading.line > line && heading.line < end)
    expect(inside.map(({ text }) => text)).toEqual(parts)
    // The deck calls it the same.
    expect(read(`slides/${step}.md`)).toContain(`title="${title.replace(/^\d+\. /, '')}"`)
    const before = steps()[steps().indexOf(step) - 1]
    const change = before ? `${before} ${step}` : `tools/companion/starter.ts steps/${step}/main.ts`
    expect(text).toContain(`<!-- diff: ${change} -->`)
    expect(text).toContain(`npm run check -- ${Number.parseInt(title, 10)}\n`)
    expect(time?.walk).toBeGreaterThan(time?.short ?? Number.NaN)
    const folded = text.split('\n### Questions\n')[1]?.match(/<details>\n<summary>/g) ?? []
    expect(folded.length).toBeGreaterThanOrEqual(2)
    expect(folded.length).toBeLessThanOrEqual(3)
    expect(terminals(chapter, 'Try it')).toEqual(['container', 'host'])
    expect(terminals(chapter, 'Break it')).not.toEqual([])
  })
})

describe('the guide', () => {
  test.each([1, 2])('part %i takes 90 minutes at most, and 45 on the short path', (number) => {
    const part = all.filter((chapter) => chapter.part === number)
    const sum = (path: 'walk' | 'short') =>
      part.reduce((total, { time }) => total + (time?.[path] ?? 0), 0)
    expect(sum('walk')).toBeLessThanOrEqual(90)
    expect(sum('short')).toBeLessThanOrEqual(45)
    for (const { step } of part) if (step) expect(partOf(step)).toBe(number)
  })

  test('says how long each chapter takes in which you do something', () => {
    const untimed = all.filter(({ time }) => !time).map(({ title }) => title)
    expect(untimed).toEqual([
      ...['The way through', "What this container doesn't protect you from"],
      ...['Part two: a wall', 'Glossary'],
    ])
  })

  test('leads from each chapter to the one before and the one after', () => {
    for (const [index, { text }] of all.entries()) {
      const [previous, next] = [all[index - 1], all[index + 1]]
      if (previous) expect(text).toContain(`[Previous: ${previous.title}](#`)
      if (next) expect(text).toContain(`[Next: ${next.title}](#`)
    }
  })

  test('has console blocks that begin with something typed, at a terminal we know', () => {
    expect(blocks.length).toBeGreaterThan(steps().length)
    const wrong = blocks.filter(
      ({ before, terminal, options }) =>
        before.length > 0 ||
        !['host', 'container'].includes(terminal) ||
        Object.keys(options).some((name) => name !== 'cgroup'),
    )
    expect(wrong.map(({ line }) => place(line))).toEqual([])
  })

  test('says at which terminal you type, wherever that changes', () => {
    const silent = all.flatMap(({ line, blocks }) =>
      blocks.filter((block, index) => {
        const before = blocks[index - 1]
        const between = lines.slice(before?.line ?? line, block.line - 1).join('\n')
        const name = block.terminal === 'host' ? /terminal 2/i : /terminal\s1/i
        return before?.terminal !== block.terminal && !name.test(between)
      }),
    )
    expect(silent.map(({ line, terminal }) => `${place(line)}: ${terminal}`)).toEqual([])
  })

  test('has no block outside of a chapter, and no block in a language that nothing checks', () => {
    const known = ['console', 'sh', 'text', 'ts', 'c', 'diff']
    const strange = fences(guide).filter(({ info }) => !known.includes(info[0] as string))
    expect(strange.map(({ line, info }) => `${place(line)}: ${info.join(' ')}`)).toEqual([])
    const consoles = fences(guide).filter(({ info }) => info[0] === 'console')
    expect(blocks).toHaveLength(consoles.length)
  })

  test('has lines of at most 100 columns, apart from tables, links and what is generated', () => {
    const generated = fences(guide).filter(({ info }) => info[0] !== 'text')
    const isGenerated = (line: number) =>
      generated.some((fence) => line > fence.line && line <= fence.line + fence.lines.length)
    const wide = lines.flatMap((text, index) =>
      text.length > 100 && !/^(\||\[)/.test(text) && !isGenerated(index + 1)
        ? [`${place(index + 1)}: ${text}`]
        : [],
    )
    expect(wide).toEqual([])
  })

  const manual = '/usr/share/man'
  // A program brings its own page: one that isn't installed has none here.
  const brought = ({ name, section }: ManPage) =>
    !['1', '8'].includes(section) || find(name.split('-')[0]) !== undefined
  test.skipIf(!existsSync(`${manual}/man2/clone.2.gz`))('names manual pages that exist', () => {
    const pages = manPages(guide).filter(brought)
    const files = pages.map(({ name, section }) => `man${section}/${name}.${section}.gz`)
    expect(files.filter((file) => !existsSync(`${manual}/${file}`))).toEqual([])
  })
})

describe.each(['WORKSHOP.md', 'README.md', 'CONTRIBUTING.md'])('%s', (file) => {
  test('every link leads to a file or heading that exists', () => {
    expect(brokenLinks(read(file), file)).toEqual([])
  })

  test('every `npm run` command is in package.json', () => {
    expect(unknownCommands(read(file), file)).toEqual([])
  })

  test('no Markdown is left over in what a reader sees', () => {
    expect(brokenMarkdown(read(file), file)).toEqual([])
  })
})
