// The deck in a browser. What the consoles become is loaded once the first slide is there.
import { bindCountdowns } from './countdown'
import { startDeck } from './deck'
import { bindDeckKeys, type Press } from './keys'
import { bindLetters, changeLetters } from './letters'

/** Set when this is bundled, so that a bundle holds only what it uses. */
declare const TERMINALS: 'live' | 'cast' | 'none'

startDeck()
  .then(listen)
  .then(() => document.body.classList.add('listening'))

/** What keys and consoles do, from its end on: reveal.js calls the deck ready before that. */
async function listen() {
  if (TERMINALS === 'none' || /print-pdf/.test(location.search)) return
  if (/receiver/.test(location.search)) return (await import('./presenter')).joinDeck()
  bindCountdowns()
  bindLetters()
  const { serveFrames } = await import('./presenter')
  const keys =
    TERMINALS === 'live'
      ? (await import('./terminal')).mountTerminals(document.body)
      : (await import('./cast')).mountCasts(document.body)
  const act = (press: Press) => {
    if (press === 'next') keys.next()
    else if (press === 'maximise') keys.maximise()
    else changeLetters(press === 'larger' ? 1 : -1)
  }
  bindDeckKeys(act)
  serveFrames(act)
}
