// The deck's own keys, for terminals and for the size of the text. In the presenter view, the frame
// with the current slide gets them, and passes them on to the deck.
import Reveal from 'reveal.js'

export type Press = 'next' | 'maximise' | 'larger' | 'smaller'

// A key has another code with another keyboard or browser.
const keys: { press: Press; key: string; codes: number[]; description: string }[] = [
  { press: 'next', key: 'Enter', codes: [13], description: 'Next command in a terminal' },
  { press: 'maximise', key: 'Z', codes: [90], description: 'Maximise a terminal, or not' },
  { press: 'larger', key: '+', codes: [187, 107, 171], description: 'Larger text' },
  { press: 'smaller', key: '-', codes: [189, 109, 173], description: 'Smaller text' },
]

/** In the deck's window: Enter comes from the terminals' own listener. */
export function bindDeckKeys(act: (press: Press) => void) {
  bind((press) => press !== 'next' && act(press))
  Reveal.removeKeyBinding(13)
  Reveal.registerKeyboardShortcut('Enter', keys[0].description)
}

export function bindFrameKeys(act: (press: Press) => void) {
  bind((press) => {
    if (press === 'next' && Reveal.isOverview()) Reveal.toggleOverview(false)
    else act(press)
  })
  // The presenter view sends the number of a key, and reveal.js closes its help by a key's name.
  addEventListener('message', ({ data }) => {
    if (/"triggerKey","args":\[27\]/.test(`${data}`)) setTimeout(() => Reveal.toggleHelp(false))
  })
}

function bind(act: (press: Press) => void) {
  for (const { press, key, codes, description } of keys) {
    for (const code of codes) Reveal.addKeyBinding(code, () => act(press))
    Reveal.addKeyBinding({ keyCode: codes[0], key, description }, () => act(press))
  }
  // reveal.js ignores keys with Shift, and many keyboards have + there.
  document.addEventListener('keydown', ({ key, shiftKey, ctrlKey, altKey, metaKey, target }) => {
    if (key !== '+' || !shiftKey || ctrlKey || altKey || metaKey) return
    if (!(target as Element).closest('input, textarea, dialog')) act('larger')
  })
}
