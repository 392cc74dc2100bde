// The time left on a slide: it starts when the slide is shown first, and goes on when you leave it.
const clock = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, '0')}`

export function bindCountdowns() {
  const ends = new Map<HTMLElement, number>()
  const update = () => {
    const current = '.slides > .present > .present .countdown'
    for (const shown of document.querySelectorAll<HTMLElement>(current))
      if (!ends.has(shown)) ends.set(shown, Date.now() + Number(shown.dataset.seconds) * 1000)
    for (const [element, end] of ends) {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000))
      element.textContent = clock(left)
      element.classList.toggle('over', left === 0)
    }
  }
  addEventListener('slidechanged', update)
  setInterval(update, 1000)
  update()
}
