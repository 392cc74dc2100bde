// Larger text: the same window shows a smaller slide, and the text flows anew.
import Reveal from 'reveal.js'

const key = 'deck-letters'
const sizes = [1, 1.2, 1.4, 1.6]

/** After a reload, letters are as large as before. */
export function bindLetters() {
  apply()
  // A slide may now be longer than its window.
  Reveal.on('fragmentshown', (event) => {
    const { fragments } = event as unknown as { fragments: Element[] }
    for (const fragment of fragments) fragment.scrollIntoView({ block: 'nearest' })
  })
}

export function changeLetters(by: number) {
  const index = Math.min(Math.max(current() + by, 0), sizes.length - 1)
  sessionStorage.setItem(key, `${index}`)
  apply()
}

const current = () => Number(sessionStorage.getItem(key))

function apply() {
  const size = sizes[current()]
  document.documentElement.classList.toggle('enlarged', size > 1)
  Reveal.configure({ width: Math.round(1280 / size), height: Math.round(720 / size) })
}
