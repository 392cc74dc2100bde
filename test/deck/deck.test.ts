// The served deck in Chromium: what an audience sees on each slide, and what an instructor does.
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderDeck } from '../../slides/deck/deck'
import { usual } from '../../slides/deck/plan'
import { type Deck, serve } from '../../slides/deck/serve'
import type { Slide } from '../../slides/deck/slide'
import { type Browser, missing, startBrowser, watch } from './browser'
import { goTo } from './live'
import { until } from '../harness/waiting'
import { emptyThird, layoutFaults, onEachSlide, pictureContrast, showAll } from './look'

describe.skipIf(missing('chromium'))('the deck in a browser', () => {
  let deck: Deck
  let slides: Slide[]
  let browser: Browser
  let page: Page
  let complaints: string[]

  beforeAll(async () => {
    deck = await serve({ port: 0, terminals: false, watched: [] })
    const rendered = await renderDeck('none')
    slides = rendered.slides
    await deck.rendered
    browser = await startBrowser()
    page = await browser.context.newPage()
    complaints = watch(page, origin())
    await open(`?token=${deck.access.token}`)
  })

  afterAll(async () => {
    await browser?.close()
    await deck?.close()
  })

  const origin = () => `http://127.0.0.1:${deck.port}`

  async function open(address = '') {
    await page.goto('about:blank')
    await page.goto(`${origin()}/${address}`)
    await page.waitForSelector('body.listening')
  }

  const shown = (id: string) => page.waitForSelector(`[id="${id}"].present`)

  const present = () => page.locator('section section.present').getAttribute('id')

  const faultsOf = (look: () => string[], of = slides, on = page) =>
    on.evaluate(
      onEachSlide(
        of.map(({ id }) => id),
        look,
      ),
    )

  // reveal.js scales slides as pictures: what fits at one size fits at all.
  test('nothing overflows, the last row can read all text, and no third is empty', async () => {
    expect(await faultsOf(layoutFaults)).toEqual([])
    expect(await faultsOf(emptyThird)).toEqual([])
  })

  test('of part two neither', async () => {
    const [second, rendered] = [
      await serve({ port: 0, terminals: false, watched: [], part: 2 }),
      await renderDeck('none', usual, 2),
    ]
    const other = await browser.context.newPage()
    try {
      await second.rendered
      const place = `http://127.0.0.1:${second.port}`
      const itsComplaints = watch(other, place)
      await other.goto(`${place}/?token=${second.access.token}`)
      await other.waitForSelector('body.listening')
      expect(await faultsOf(layoutFaults, rendered.slides, other)).toEqual([])
      expect(await faultsOf(emptyThird, rendered.slides, other)).toEqual([])
      expect(itsComplaints).toEqual([])
    } finally {
      await other.close()
      await second.close()
    }
  })

  test.each(['light', 'dark'] as const)(
    'in %s, text has WCAG AA contrast, and pictures have descriptions',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      await page.evaluate(axe.source)
      const pictures = slides.filter(({ kind }) => kind.includes('picture'))
      const faults = (await faultsOf(pictureContrast, pictures)) as string[]
      await page.evaluate(showAll)
      const { violations } = await page.evaluate(() =>
        // biome-ignore lint/suspicious/noExplicitAny: axe puts itself into the page
        (globalThis as any).axe.run(document, {
          runOnly: [
            'color-contrast',
            'image-alt',
            'svg-img-alt',
            'role-img-alt',
            'list',
            'empty-heading',
          ],
          resultTypes: ['violations'],
        }),
      )
      for (const { id, nodes } of violations as axe.Result[])
        for (const { html, any } of nodes)
          faults.push(`${id} ${html.slice(0, 90)} ${any[0]?.message ?? ''}`)
      expect(faults).toEqual([])
      await open()
    },
  )

  describe('the keyboard alone', () => {
    test('goes through the whole deck: each slide, each group of lines', async () => {
      await open()
      const seen = await page.evaluateHandle(() => {
        const present = () => document.querySelector('section section.present')?.id
        const ids = [present()]
        document.addEventListener('slidechanged', () => ids.push(present()))
        return ids
      })
      const fragments = await page.locator('.change .group').count()
      for (let press = 0; press < slides.length + fragments; press++)
        await page.keyboard.press('ArrowRight')
      expect(await seen.jsonValue()).toEqual(slides.map(({ id }) => id))
      expect(
        await page.evaluate(() => document.querySelectorAll('.group:not(.visible)').length),
      ).toBe(0)
    })

    test('opens the list of chapters and a chapter in it, with a visible focus', async () => {
      await page.keyboard.press('m')
      const dialog = page.locator('dialog#chapters')
      expect(await dialog.isVisible()).toBe(true)
      for (let press = 0; press < 5; press++) await page.keyboard.press('Tab')
      expect(
        await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle),
      ).toBe('solid')
      const wanted = await page.evaluate(() =>
        (document.activeElement as HTMLAnchorElement).hash.slice(2),
      )
      await page.keyboard.press('Enter')
      expect(await dialog.isVisible()).toBe(false)
      await shown(wanted)
      expect(slides.map(({ id }) => id)).toContain(wanted)
    })

    test('switches between light and dark, and a reload keeps that', async () => {
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      const before = await ground()
      await page.keyboard.press('t')
      const after = await ground()
      expect(after).not.toBe(before)
      await page.reload()
      await page.waitForSelector('body.listening')
      expect(await ground()).toBe(after)
      await page.keyboard.press('t')
    })
  })

  test('keys enlarge the text, a reload keeps that, and no words leave the slide', async () => {
    await open('#/07-cgroups-limit')
    const size = () =>
      page.evaluate(() => {
        const code = document.querySelector('section section.present pre') as HTMLElement
        const scale = code.getBoundingClientRect().width / code.offsetWidth
        return Number.parseFloat(getComputedStyle(code).fontSize) * scale
      })
    const before = await size()
    for (const key of ['+', 'Shift++', 'NumpadAdd', '+']) await page.keyboard.press(key)
    expect((await size()) / before).toBeCloseTo(1.6)
    await page.reload()
    await page.waitForSelector('body.listening')
    await until(async () => (await size()) > before)
    expect((await size()) / before).toBeCloseTo(1.6)
    const tooWide = () => {
      const slide = document.querySelector('section section.present .slide') as HTMLElement
      const { overflowY } = getComputedStyle(slide)
      const faults = slide.scrollWidth > slide.clientWidth + 1 ? ['leaves the slide'] : []
      return overflowY === 'auto' ? faults : [...faults, 'cannot be scrolled']
    }
    expect(await faultsOf(tooWide)).toEqual([])
    await goTo(page, '07-cgroups-limit')
    for (let press = 0; press < 4; press++) await page.keyboard.press('-')
    expect(await size()).toBeCloseTo(before)
  })

  test('?step=5 opens step 05, and a reload stays where you are', async () => {
    await open('?step=5')
    expect(await present()).toBe('05-chroot-question')
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction(() => location.hash.includes('picture'))
    await page.reload()
    await page.waitForSelector('body.listening')
    expect(await present()).toBe('05-chroot-picture')
  })

  test('the presenter view has notes, the next slide and a timer, and follows the deck', async () => {
    await open('#/03-pid-picture')
    // The next slide loads only after the deck has said where it is.
    const told = deferred()
    await page.context().route('**/*controls=false', async (route) => {
      await told.promise
      await route.continue()
    })
    const [presenter] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('s')])
    const faults = watch(presenter, origin())
    const notes = presenter.locator('.speaker-controls-notes .value')
    await presenter.waitForFunction(() =>
      /\S/.test(document.querySelector('.speaker-controls-notes .value')?.textContent ?? ''),
    )
    expect(await notes.textContent()).toContain('nested')
    told.resolve()
    // The deck's consoles stay transcripts in here.
    expect(presenter.frames()).toHaveLength(3)
    for (const frame of presenter.frames().slice(1)) {
      await frame.waitForSelector('body.listening section.present')
      expect(await frame.locator('.console-run').count()).toBe(0)
    }
    const upcoming = presenter.frameLocator('#upcoming-slide iframe')
    await upcoming.locator('[id="03-pid-change"].present').waitFor()
    expect(await presenter.locator('.speaker-controls-time .pacing').isVisible()).toBe(true)
    await presenter.waitForFunction(() =>
      /[1-9]/.test(document.querySelector('.timer')?.textContent ?? ''),
    )
    // The help of both has the same keys.
    const [frame] = presenter.frames().slice(1)
    for (const view of [page, frame]) {
      const help = view.locator('.r-overlay-help')
      await (view === page ? page : presenter).keyboard.press('F1')
      for (const key of ['Next command', 'Maximise', 'Larger text', 'Smaller text'])
        await help.getByText(key).waitFor()
      await (view === page ? page : presenter).keyboard.press('Escape')
      await help.waitFor({ state: 'detached' })
    }
    await presenter.keyboard.press('Space')
    await shown('03-pid-change')
    await presenter.getByText('keeps its number for life').waitFor()
    await presenter.close()
    expect(faults).toEqual([])
  })

  test('plays recordings where there are no terminals, under a policy that lets it', async () => {
    await open()
    await goTo(page, '03-pid-try')
    await page.keyboard.press('Enter')
    await page.locator('section.present .xterm-rows', { hasText: '$ npm run step' }).waitFor()
    expect(await page.locator('.console-stop').count()).toBe(0)
  })

  test('throughout: no error in the console, no request to another place', () => {
    expect(complaints).toEqual([])
  })
})

function deferred() {
  let resolve = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
