// The deck as one file, opened from disk without any network.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { build, nameOf } from '../../slides/deck/static'
import { changeOf, parseChange } from '../../slides/deck/change'
import { parts, plans, readChapters } from '../../slides/deck/chapters'
import { minutesOf, schedule } from '../../slides/deck/plan'
import { vocabulary } from '../../slides/deck/vocabulary'
import { fences } from '../../tools/console/markdown'
import { partOf, steps } from '../../tools/setup/steps.mjs'
import { until } from '../harness/waiting'
import { type Browser, missing, startBrowser, watch } from './browser'
import { goTo } from './live'

describe.skipIf(missing('chromium'))('the deck as files', () => {
  let folder: string
  let files: string[]
  let browser: Browser
  let page: Page
  let complaints: string[]

  const chapters = readChapters()
  const ids = chapters.flatMap(({ slides }) => slides.map(({ id }) => id))

  beforeAll(async () => {
    // As on a memory stick with an awkward name.
    folder = mkdtempSync(join(tmpdir(), 'deck with spaces # and % '))
    files = await build(folder)
    browser = await startBrowser({ offline: true })
    page = await browser.context.newPage()
    complaints = watch(page, 'file:///')
  })

  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const open = (name: string) => page.goto(pathToFileURL(join(folder, name)).href)
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')

  test('its files need no others', () => {
    expect(files.map((file) => file.slice(folder.length + 1))).toEqual([
      'index.html',
      'handout.html',
      'instructor.html',
      'index-part-2.html',
      'handout-part-2.html',
      'instructor-part-2.html',
    ])
    for (const file of files) {
      const html = readFileSync(file, 'utf8').replace(
        /<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>/g,
        '',
      )
      expect(html).not.toMatch(/<(script|link|img|iframe)[^>]*(src|href)="(?!data:)/)
    }
  })

  test('brings its fonts along, with their licences', async () => {
    for (const file of files.map((file) => file.slice(folder.length + 1))) {
      await open(file)
      const loaded = () =>
        page.evaluate(async () =>
          Array.from(await document.fonts.ready)
            .filter(({ status }) => status === 'loaded')
            .map(({ family }) => family.replaceAll('"', '')),
        )
      const both = ['Inter', 'JetBrains Mono']
      await until(async () => new Set(await loaded()).size === both.length)
      expect([...new Set(await loaded())]).toEqual(both)
      expect(read(file).match(/SIL OPEN FONT LICENSE Version 1.1/g)).toHaveLength(4)
    }
  })

  test('its pictures are whole', async () => {
    await open('index.html')
    await page.waitForSelector('body.listening')
    expect(await page.locator('.picture [data-step]').count()).toBeGreaterThan(10)
    expect(await page.locator('.picture .fragment').count()).toBe(0)
  })

  test('plays its recordings, one command at each key press', async () => {
    await open('index.html')
    await page.waitForSelector('body.listening')
    await goTo(page, '03-pid-try')
    const figure = page.locator('[id="03-pid-try"] figure.console').first()
    // In place of a terminal, you see what it would show.
    expect(await figure.textContent()).toContain('npm run step -- 3 /bin/sh')
    const commands = JSON.parse((await figure.getAttribute('data-commands')) ?? '') as string[]
    const player = (words: string) => figure.locator('.xterm-rows', { hasText: words })
    await page.keyboard.press('Enter')
    await player(`$ ${commands[0]}`).waitFor()
    await player('container:/repo#').waitFor()
    expect(await player(`# ${commands[1]}`).count()).toBe(0)

    // A key goes on with the next command even while one still plays.
    await page.keyboard.press('Enter')
    await player(`# ${commands[1][0]}`).waitFor()
    await figure.focus()
    await page.keyboard.press('Enter')
    await player(`# ${commands[1]}`).waitFor()
  })

  test.each(parts)(
    'the handout of part %i prints on one page and explains each new system call and flag',
    async (part) => {
      const file = nameOf('handout.html', part)
      await open(file)
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
      expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1)
      for (const { calls, flags } of vocabulary().filter(({ name }) => partOf(name) === part))
        for (const { name, meaning } of [...calls, ...flags]) {
          expect(meaning, `${name} has a sentence in native/`).not.toBe('')
          expect(read(file)).toContain(`<code>${name}</code>`)
        }
    },
  )

  test("the instructor's guides have everything to say", async () => {
    let said = 0
    for (const part of parts) {
      await open(nameOf('instructor.html', part))
      const text = ((await page.locator('body').textContent()) ?? '').replace(/\s+/g, ' ')
      for (const { title, slides } of chapters.filter((chapter) => chapter.part === part)) {
        expect(text).toContain(title)
        const question = slides.find(({ kind }) => kind === 'question')?.markdown
        const [, words] = /^## (.*)$/m.exec(question ?? '') ?? ['', title]
        expect(text).toContain(words.replaceAll('`', ''))
        if (question)
          expect(await page.getByRole('heading', { name: words.replaceAll('`', '') }).count()).toBe(
            1,
          )
      }
      said += text.split('Say ').length
    }
    expect(said).toBeGreaterThan(ids.length)
  })

  test.each(plans)(
    'the chapters fill the plan of %i minutes, and their slides fill them',
    (plan) => {
      for (const part of parts) {
        const own = chapters.filter((chapter) => chapter.part === part)
        const sum = own.reduce((total, chapter) => total + minutesOf(chapter, plan), 0)
        expect(sum).toBe(plan)
      }
      for (const chapter of chapters) {
        const slides = schedule(chapter, plan)
        const seconds = slides.reduce((sum, slide) => sum + slide.seconds, 0)
        expect(seconds, chapter.name).toBe(minutesOf(chapter, plan) * 60)
        for (const { id, kind, seconds } of slides)
          expect(seconds, id).toBeGreaterThanOrEqual(
            kind === 'settle' ? 0 : kind === 'turn' ? 120 : 5,
          )
      }
    },
  )

  test('each step has a slide on which you write it, with a countdown, in the long plan', () => {
    const turns = chapters.map((chapter) =>
      schedule(chapter, 180).filter(({ kind }) => kind === 'turn'),
    )
    expect(turns.map(({ length }) => length)).toEqual(chapters.map(({ step }) => (step ? 1 : 0)))
    // With one while people settle, and one for the pause.
    const first = steps().filter((step) => partOf(step) === 1)
    expect(read('index.html').match(/class="countdown"/g)).toHaveLength(first.length + 2)
  })

  test('every line a step changes in main.ts is on a slide, except imports', async () => {
    for (const { name, slides } of chapters.filter(({ step }) => step > 0)) {
      const blocks = slides
        .flatMap(({ markdown }) => fences(markdown))
        .filter(({ info }) => info.join(' ') === 'change main.ts')
      const shown = new Set<string>()
      for (const block of blocks) {
        const { lines, groups } = await parseChange(name, 'main.ts', block.lines.join('\n'), name)
        for (const { first, last } of groups)
          for (const { sign, text } of lines.slice(first, last + 1)) shown.add(sign + text)
      }
      const missing = (await changeOf(name, 'main.ts')).filter(
        ({ sign, text }) =>
          sign !== ' ' &&
          !/^(import .*|process\.on.*|\s*\}?,?)$/.test(text) &&
          !shown.has(sign + text),
      )
      expect(missing, name).toEqual([])
    }
  })

  test('throughout: no error in the console, no request to another place', () => {
    expect(complaints).toEqual([])
  })
})
