import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fences } from '../../tools/console/fences'
import { chapters, headings } from '../../tools/guide/chapters'
import { generatedDrift } from '../../tools/guide/drift'
import { generate } from '../../tools/guide/generate'
import { isInstalled, knownPages, manPages } from '../../tools/guide/man-pages'
import { brokenLinks, brokenMarkdown, unknownCommands } from '../../tools/guide/prose'
import { steps } from '../harness/target'
import { repository } from '../harness/work'
import { shares, withTranscripts } from './play'

const read = (file: string) => readFileSync(`${repository}/${file}`, 'utf8')
const guide = read('WORKSHOP.md')
const all = chapters(guide, 'WORKSHOP.md')
const numbered = all.filter(({ title }) => /^\d+\. /.test(title))

describe('the guide', () => {
  test('code, diffs, tables and links are those of the steps: npm run docs', async () => {
    expect(generatedDrift(guide, await generate(guide, 'WORKSHOP.md'), 'WORKSHOP.md')).toEqual([])
  })

  test('there is a chapter for each step', () => {
    expect(numbered.map(({ title }) => Number.parseInt(title, 10))).toEqual(
      steps()
        .slice(0, 9)
        .map((step) => Number.parseInt(step, 10)),
    )
  })

  test.each(numbered)('$title has all parts, in order', ({ title, line, end }) => {
    const parts = headings(guide)
      .filter((heading) => heading.level === 3 && heading.line > line && heading.line < end)
      .map(({ text }) => text)
    expect(parts).toEqual([
      ...[
        'The question',
        'The idea',
        'The change',
        'Try it',
        'Break it',
        'Check it',
        'Questions',
        'Go further',
      ],
      'Read on',
    ])
    const text = guide
      .split('\n')
      .slice(line, end - 1)
      .join('\n')
    const number = Number.parseInt(title, 10)
    const [step, before] = [steps()[number - 1], steps()[number - 2]]
    expect(text).toContain(
      before ? `<!-- diff: ${before} ${step} -->` : `<!-- code: steps/${step}/main.ts -->`,
    )
    expect(text).toContain(`npm run check -- ${number}`)
    const folded = text.match(/<details>\n<summary>(?!The same on)/g) ?? []
    expect(folded.length).toBeGreaterThanOrEqual(2)
    expect(folded.length).toBeLessThanOrEqual(3)
    const sides = (part: string) => {
      const from =
        headings(guide).find((heading) => heading.text === part && heading.line > line)?.line ?? 0
      const to = headings(guide).find((heading) => heading.line > from)?.line ?? end
      return chapters(guide, '')
        .flatMap(({ blocks }) => blocks)
        .filter((block) => block.line > from && block.line < to)
        .map(({ terminal }) => terminal)
    }
    expect([...new Set(sides('Try it'))].sort()).toEqual(['container', 'host'])
    expect(sides('Break it').length).toBeGreaterThan(0)
  })

  test('each chapter leads to the one before and the one after', () => {
    for (const [index, { line, end }] of all.entries()) {
      const links = guide
        .split('\n')
        .slice(line, end - 1)
        .join('\n')
      const [previous, next] = [all[index - 1], all[index + 1]]
      if (previous) expect(links).toContain(`[Previous: ${previous.title}](#`)
      if (next) expect(links.replace(/\n/g, ' ')).toContain(`[Next: ${next.title}](#`)
    }
  })

  test('the times of the chapters make 90 minutes at a walk and 45 on the short path', () => {
    const times = all.map(({ time }) => time).filter((time) => time !== undefined)
    expect(times).toHaveLength(11)
    expect(times.reduce((sum, { walk }) => sum + walk, 0)).toBe(90)
    expect(times.reduce((sum, { short }) => sum + short, 0)).toBe(45)
    for (const { walk, short } of times) expect(short).toBeLessThan(walk)
  })

  test('a console block begins with something typed, and has no option that means nothing', () => {
    for (const block of all.flatMap(({ blocks }) => blocks)) {
      const where = `WORKSHOP.md:${block.line}`
      expect({ where, before: block.before }).toEqual({ where, before: [] })
      expect({ where, terminal: block.terminal }).toMatchObject({
        terminal: expect.stringMatching(/^(host|container)$/),
      })
      expect({
        where,
        options: Object.keys(block.options).filter((name) => name !== 'cgroup'),
      }).toEqual({
        where,
        options: [],
      })
    }
  })

  test('the text says at which terminal a block is typed, wherever that changes', () => {
    const lines = guide.split('\n')
    const silent = all.flatMap(({ title, line, blocks }) =>
      blocks.flatMap((block, index) => {
        const before = blocks[index - 1]
        if (before?.terminal === block.terminal) return []
        const between = lines.slice(before ? before.line : line, block.line - 1).join('\n')
        const name = block.terminal === 'host' ? /terminal 2/i : /terminal 1/i
        return name.test(between)
          ? []
          : [`WORKSHOP.md:${block.line}: ${block.terminal} in "${title}"`]
      }),
    )
    expect(silent).toEqual([])
  })

  test('no block is outside of a chapter, and none has a language that nobody checks', () => {
    const known = ['console', 'sh', 'text', 'ts', 'c', 'diff']
    const strange = fences(guide).filter(({ info }) => !known.includes(info[0] as string))
    expect(strange.map(({ line, info }) => `WORKSHOP.md:${line}: ${info.join(' ')}`)).toEqual([])
    expect(all.flatMap(({ blocks }) => blocks)).toHaveLength(
      fences(guide).filter(({ info }) => info[0] === 'console').length,
    )
  })

  test('every chapter with transcripts is played by one of the test files', () => {
    const numbers = withTranscripts.map(({ title }) => Number.parseInt(title, 10) || 0)
    expect(shares.flat().sort()).toEqual([...new Set(numbers)].sort())
  })

  test('lines of prose and pictures fit into a terminal', () => {
    const generated = fences(guide).filter(({ info }) => info[0] !== 'text')
    const wide = guide
      .split('\n')
      .map((text, index) => ({ text, line: index + 1 }))
      .filter(
        ({ text }) => text.length > 100 && !/^(\||<|\[)/.test(text) && !/[\])]\(|`/.test(text),
      )
      .filter(
        ({ line }) =>
          !generated.some((fence) => line > fence.line && line <= fence.line + fence.lines.length),
      )
    expect(wide.map(({ line, text }) => `WORKSHOP.md:${line}: ${text}`)).toEqual([])
  })

  test('manual pages exist', async () => {
    const pages = manPages(guide)
    expect(pages.length).toBeGreaterThan(30)
    expect(knownPages).toEqual(expect.arrayContaining(pages))
    expect(knownPages.filter((page) => isInstalled(page) === false)).toEqual([])
    await expect(
      generate('[nothing(2)]\n<!-- links: man pages -->\n<!-- /links -->', 'x.md'),
    ).rejects.toThrow('nothing(2)')
  })
})

describe.each(['WORKSHOP.md', 'README.md'])('%s', (file) => {
  test('every link leads to a file or heading that is there', () => {
    expect(brokenLinks(read(file), file)).toEqual([])
  })

  test('every `npm run` command is in package.json', () => {
    expect(unknownCommands(read(file), file)).toEqual([])
  })

  test('its Markdown is whole: nothing of it is left in what a reader sees', () => {
    expect(brokenMarkdown(read(file), file)).toEqual([])
  })
})

describe('the checks themselves', () => {
  test('a link to nowhere, a command that is not there and broken Markdown are found', () => {
    expect(
      brokenLinks('# A\n[x](#b) [y](#a) [z](nowhere.md) [u](README.md#nothing)', 'x.md'),
    ).toEqual([
      'x.md:2: #b: there is no such heading',
      'x.md:2: nowhere.md: there is no such file',
      'x.md:2: README.md#nothing: there is no such heading',
    ])
    expect(unknownCommands('`npm run step` `npm start`\n`npm run nothing:there`', 'x.md')).toEqual([
      'x.md:2: npm run nothing:there: package.json has no such script',
    ])
    expect(brokenMarkdown('see [clone(2)]', 'x.md')).toEqual(['x.md: left in the text: [clone(2)]'])
    expect(brokenMarkdown('<details>\n<summary>a</summary>\n\nb\n', 'x.md')).toEqual([
      'x.md: 1 <details>, 0 </details>',
    ])
    expect(brokenMarkdown('**bold ** here', 'x.md')).toEqual([
      'x.md: left in the text: **',
      'x.md: left in the text: **',
    ])
  })
})
