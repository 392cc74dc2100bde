/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// What to look for on the shown slide. These functions run in the page and use nothing else.

/** A script that shows each slide and collects what `look` says about it. */
export const onEachSlide = (ids: string[], look: () => string[]) => `(async () => {
  const look = ${look}
  const faults = []
  for (const id of ${JSON.stringify(ids)}) {
    const slide = document.getElementById(id)
    const [h, v] = [slide.parentElement, slide].map((one) => [...one.parentElement.children].indexOf(one))
    // Not by its hash: see goTo().
    const answered = new Promise((done) => addEventListener('message', () => setTimeout(done), { once: true }))
    postMessage(JSON.stringify({ method: 'slide', args: [h, v] }), '*')
    await answered
    const shown = document.querySelector('section section.present').id
    if (shown !== id) faults.push(id + ': ' + shown + ' is shown in its place')
    for (const fault of look()) faults.push(id + ': ' + fault)
  }
  return faults
})()`

/** What doesn't fit on the slide, is cut, or is too small to read. */
export function layoutFaults(): string[] {
  const slide = document.querySelector('section section.present .slide') as HTMLElement
  const scale = slide.getBoundingClientRect().width / slide.offsetWidth
  const frame = slide.getBoundingClientRect()
  const faults: string[] = []
  const name = (element: Element) =>
    `${element.tagName.toLowerCase()} “${(element.textContent ?? '').trim().slice(0, 40)}”`

  for (const element of slide.querySelectorAll('*')) {
    const box = element.getBoundingClientRect()
    if (box.width === 0 || box.height === 0) continue
    // The lowest row belongs to the slide's number and the buttons.
    const [right, bottom] = [frame.right - 30 * scale, frame.bottom - 30 * scale]
    if (
      box.right > right + 1 ||
      box.bottom > bottom + 1 ||
      box.left < frame.left ||
      box.top < frame.top
    )
      faults.push(`leaves the slide: ${name(element)}`)
    const html = element as HTMLElement
    // A long command in a console's bar ends with an ellipsis.
    const isCut =
      html.scrollWidth > html.clientWidth + 1 || html.scrollHeight > html.clientHeight + 1
    if (
      isCut &&
      !element.closest('.console-bar') &&
      html.clientWidth > 0 &&
      getComputedStyle(element).overflow !== 'visible'
    )
      faults.push(`is cut: ${name(element)}`)
    const hasText = [...element.childNodes].some(
      (node) => node.nodeType === 3 && node.textContent?.trim(),
    )
    const isPicture = element instanceof SVGElement
    const unit = isPicture ? (element.ownerSVGElement?.getScreenCTM()?.a ?? scale) / scale : 1
    const size = Number.parseFloat(getComputedStyle(element).fontSize) * unit
    const least = element.closest('pre.diff') ? 24 : 18
    if (hasText && size < least && !element.closest('.console-bar, kbd'))
      faults.push(`${size.toFixed(1)} px: ${name(element)}`)
  }
  for (const shape of slide.querySelectorAll('svg g:has(> rect)')) {
    const box = (shape.querySelector(':scope > rect') as SVGGraphicsElement).getBBox()
    for (const text of shape.querySelectorAll<SVGGraphicsElement>(':scope > text')) {
      const words = text.getBBox()
      if (words.x < box.x + 4 || words.x + words.width > box.x + box.width - 4)
        faults.push(`wider than its shape: ${name(text)}`)
    }
  }
  return faults
}

/** Whether a third of the slide's height has nothing on it. */
export function emptyThird(): string[] {
  const slide = document.querySelector('section section.present .slide') as HTMLElement
  const frame = slide.getBoundingClientRect()
  const solid =
    'pre, svg.picture, figure.console, table, .countdown, .own li, p, h1, h2, li, header'
  const boxes = [...slide.querySelectorAll(solid)]
    .map((element) => element.getBoundingClientRect())
    .filter(({ height }) => height > 0)
    .sort((a, b) => a.top - b.top)
  let last = frame.top
  let empty = 0
  for (const { top, bottom } of [...boxes, { top: frame.bottom, bottom: frame.bottom }]) {
    empty = Math.max(empty, (top - last) / frame.height)
    last = Math.max(last, bottom)
  }
  return empty > 1 / 3 ? [`${Math.round(empty * 100)} % of its height is empty`] : []
}

/** Words in pictures with a contrast below 4.5 to the shape below them: axe-core skips these. */
export function pictureContrast(): string[] {
  // biome-ignore lint/suspicious/noExplicitAny: axe puts itself into the page
  const { Color, getContrast } = (globalThis as any).axe.commons.color
  const parse = (colour: string) => {
    const parsed = new Color()
    parsed.parseString(colour)
    return parsed
  }
  const picture = document.querySelector('section section.present svg.picture')
  if (!picture) return []
  const filled = [...picture.querySelectorAll('rect')].filter(
    (rect) => getComputedStyle(rect).fill !== 'none',
  )
  return [...picture.querySelectorAll('text')].flatMap((text) => {
    const at = text.getBoundingClientRect()
    const [x, y] = [at.left + at.width / 2, at.top + at.height / 2]
    // The last one drawn is on top.
    const ground = filled.findLast((rect) => {
      const box = rect.getBoundingClientRect()
      return x > box.left && x < box.right && y > box.top && y < box.bottom
    })
    const behind = ground
      ? getComputedStyle(ground).fill
      : getComputedStyle(document.body).backgroundColor
    const ratio = getContrast(parse(behind), parse(getComputedStyle(text).fill))
    return ratio < 4.5 ? [`contrast of ${ratio.toFixed(2)}: ${text.textContent}`] : []
  })
}

/** Puts all slides on the page in place of the deck, for axe-core, which is slow to start. */
export function showAll() {
  const slides = [...document.querySelectorAll('.slides section section')].map((section) => {
    const shown = document.createElement('section')
    shown.className = section.className.replace(/\b(past|present|future)\b/g, '')
    shown.append(section.querySelector('.slide') as Element)
    return shown
  })
  const deck = document.createElement('div')
  deck.className = 'reveal'
  deck.append(...slides)
  document.body.replaceChildren(deck)
  document.documentElement.style.overflow = document.body.style.overflow = 'visible'
}
