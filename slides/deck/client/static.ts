// The deck as one file: casts in place of terminals.
import { mountCasts } from './cast'
import { startDeck } from './deck'

const casts = JSON.parse(document.querySelector('#casts')?.textContent ?? '{}')

startDeck().then(() => {
  if (!/receiver|print-pdf/.test(location.search)) mountCasts(document.body, casts)
})
