// The deck on paper: a page for each slide, with every line of code on its page.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readChapters } from '../../slides/deck/chapters'
import { renderDeck } from '../../slides/deck/deck'
import { escapeHtml } from '../../slides/deck/html'
import { print } from '../../slides/deck/pdf'
import { missing } from './browser'

describe.skipIf(missing('chromium', 'pdftotext', 'pdfinfo'))('the deck on paper', () => {
  let folder: string
  let plain: string
  let withNotes: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'deck-pdf-test-'))
    const files = await print(folder)
    expect(files).toHaveLength(4)
    ;[plain, withNotes] = files as [string, string]
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const slides = readChapters()
    .filter(({ part }) => part === 1)
    .flatMap(({ slides }) => slides)

  /** The words of each page. */
  const pages = (file: string) =>
    execFileSync('pdftotext', ['-raw', file, '-'], { encoding: 'utf8', maxBuffer: 1 << 26 })
      .split('\f')
      .slice(0, -1)

  const squeezed = (text: string) => text.replace(/\s+/g, '')

  const info = (file: string) => execFileSync('pdfinfo', [file], { encoding: 'utf8' })

  test('has a 16:9 page for each slide', () => {
    expect(pages(plain)).toHaveLength(slides.length)
    expect(info(plain)).toMatch(/Page size:\s+960 x 540 pts/)
  })

  test('each page has its whole slide: title, code and transcript', async () => {
    const { html } = await renderDeck('cast')
    const printed = pages(plain).map((page) => escapeHtml(squeezed(page)))
    const missing = html
      .split(/<section id="/)
      .slice(1)
      .flatMap((section, index) => {
        const slide = section.slice(0, section.indexOf('<aside class="notes">'))
        const lines = [
          ...slide.matchAll(/<span class="(?:line|input|output)[^"]*">(.*?)\n<\/span>/gs),
          ...slide.matchAll(/<h[12]>(.*?)<\/h[12]>/gs),
          ...slide.matchAll(/<li[^>]*>(.*?)<\/li>/gs),
          ...slide.matchAll(/<text[^>]*>(.*?)<\/text>/gs),
        ].map(([, html]) => squeezed(html.replace(/<span class="sign">.<\/span>|<[^>]+>/g, '')))
        return lines
          .filter((line) => !printed[index].includes(line))
          .map((line) => `page ${index + 1}: ${line}`)
      })
    expect(missing).toEqual([])
  })

  test('all its letters are from the two fonts that come along', () => {
    const listed = execFileSync('pdffonts', [plain], { encoding: 'utf8' }).trim().split('\n')
    const names = listed.slice(2).map((line) => /^\w+\+(Inter|JetBrainsMono)-/.exec(line)?.[1])
    expect(new Set(names), listed.join('\n')).toEqual(new Set(['Inter', 'JetBrainsMono']))
  })

  test('has a title, a language, tags, and an outline of chapters and slides', () => {
    expect(info(plain)).toMatch(/^Title:\s+Containers from scratch, in TypeScript$/m)
    expect(info(plain)).toMatch(/^Tagged:\s+yes$/m)
    const bytes = readFileSync(plain, 'latin1')
    expect(bytes).toContain('/Lang (en)')
    const titles = [...bytes.matchAll(/\/Title \((.*?)\)\s*\/Dest/g)].map(([, title]) => title)
    expect(titles).toContain('03 Its own process ids')
    expect(titles).toContain('One process, two numbers')
    expect(titles).toContain('A container is a process that sees a smaller world')
  })

  test('shows what the terminals showed in place of what differs', () => {
    const text = pages(plain).join('\n')
    const [, first, second] = /^NSpid:\s*(\S+)\s+(\S+)$/m.exec(text) ?? []
    expect([first, second].every((number) => /^\d+$/.test(number))).toBe(true)
    expect(text).not.toMatch(/^pid$/m)
  })

  test('with notes, a page of notes follows each slide', () => {
    const printed = pages(withNotes).map(squeezed)
    expect(printed).toHaveLength(slides.length * 2)
    const missing = slides
      .map(({ id, notes, markdown }, index) => ({
        id,
        words: squeezed(notes.replace(/[*`_]/g, '')),
        title: squeezed(
          `Notes: ${(/^## (.*)$/m.exec(markdown) ?? /^# (.*)$/m.exec(markdown))?.[1].replaceAll('`', '')}`,
        ).replaceAll('_', ''),
        page: printed[2 * index + 1].replaceAll('_', ''),
      }))
      .filter(
        ({ words, page, title }) =>
          !page.startsWith(title) || !page.includes(words.slice(-40).replace(/^.*\)/, '')),
      )
    expect(missing.map(({ id, words }) => `${id}: ${words}`)).toEqual([])
  })
})
