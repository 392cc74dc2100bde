// The deck as it is served. Terminals come when the first slide is there already.
import { startDeck } from './deck'

await startDeck()

const wanted = document.documentElement.dataset.terminals === 'live'
if (wanted && !/receiver|print-pdf/.test(location.search)) {
  const { mountTerminals } = await import('./terminal')
  mountTerminals(document.body)
}
