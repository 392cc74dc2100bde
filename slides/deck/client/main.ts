// The deck in a browser. What the consoles become is loaded once the first slide is there.
import { bindCountdowns } from './countdown'
import { startDeck } from './deck'

/** Set when this is bundled, so that a bundle holds only what it uses. */
declare const TERMINALS: 'live' | 'cast' | 'none'

startDeck().then(async () => {
  if (/receiver|print-pdf/.test(location.search)) return
  bindCountdowns()
  if (TERMINALS === 'live') (await import('./terminal')).mountTerminals(document.body)
  if (TERMINALS === 'cast') (await import('./cast')).mountCasts(document.body)
})
