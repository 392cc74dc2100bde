// What the deck adds to reveal.js: light and dark, the list of chapters, and links with ?step=5.
import Reveal from 'reveal.js'
import Notes from 'reveal.js/plugin/notes'

const key = 'containers-deck-theme'

export async function startDeck(): Promise<void> {
  const { hash } = location
  const isReceiver = /receiver/.test(location.search)
  document.documentElement.classList.toggle('receiver', isReceiver)
  applyTheme(localStorage.getItem(key))
  // The deck's other windows follow, such as the presenter view.
  window.addEventListener('storage', (event) => event.key === key && applyTheme(event.newValue))
  // Paper and terminals measure their letters once.
  await Promise.all(Array.from(document.fonts, (font) => font.load()))
  // reveal.js hides all slides but one from screen readers, and so from a PDF's tags and outline.
  Reveal.on('pdf-ready', () => {
    for (const slide of document.querySelectorAll('section')) slide.removeAttribute('aria-hidden')
    titleNotes()
    document.documentElement.setAttribute('data-printable', '')
  })
  bindSteps()
  await Reveal.initialize({
    width: 1280,
    height: 720,
    margin: 0,
    minScale: 0.1,
    maxScale: 4,
    center: false,
    hash: true,
    navigationMode: 'linear',
    controls: false,
    progress: true,
    slideNumber: 'c/t',
    transition: 'none',
    backgroundTransition: 'none',
    defaultTiming: 60 as never,
    pdfSeparateFragments: false,
    pdfMaxPagesPerSlide: 1,
    scrollActivationWidth: 0,
    keyboardCondition: () => document.querySelector('dialog[open]') === null,
    plugins: [Notes],
  })
  bindChapters()
  bindTheme()
  jumpToStep(hash)
  if (isReceiver) askForState()
}

/** A live deck builds its pictures up; recordings and paper have them whole. */
function bindSteps() {
  for (const part of document.querySelectorAll<SVGElement>(
    '.live-terminals .picture [data-step]',
  )) {
    part.classList.add('fragment', 'custom')
    part.dataset.fragmentIndex = part.dataset.step
  }
}

// The presenter view tells its two slides where the deck is when the first is ready. The other one
// may come later, so it asks.
function askForState() {
  parent.postMessage(JSON.stringify({ namespace: 'reveal', eventName: 'ready' }), '*')
}

/** On paper, a page of notes says which slide it is for. */
function titleNotes() {
  for (const notes of document.querySelectorAll('.speaker-notes-pdf')) {
    const slide = notes.previousElementSibling
    const title = (slide?.querySelector('h2') ?? slide?.querySelector('h1'))?.textContent ?? ''
    notes.prepend(Object.assign(document.createElement('h3'), { textContent: `Notes: ${title}` }))
  }
}

function applyTheme(theme: string | null) {
  if (theme) document.documentElement.style.colorScheme = theme
}

function bindTheme() {
  const toggle = () => {
    const theme = isDark() ? 'light' : 'dark'
    localStorage.setItem(key, theme)
    applyTheme(theme)
  }
  document.querySelector('#toggle-theme')?.addEventListener('click', toggle)
  Reveal.addKeyBinding({ keyCode: 84, key: 'T', description: 'Light or dark' }, toggle)
}

const isDark = () =>
  (document.documentElement.style.colorScheme ||
    (matchMedia('(prefers-color-scheme: dark)').matches && 'dark')) === 'dark'

function bindChapters() {
  const dialog = document.querySelector<HTMLDialogElement>('#chapters')
  if (!dialog) return
  const open = () => dialog.showModal()
  document.querySelector('#open-chapters')?.addEventListener('click', open)
  Reveal.addKeyBinding({ keyCode: 77, key: 'M', description: 'List of chapters' }, open)
  dialog.addEventListener('click', (event) => {
    if ((event.target as Element).closest('a')) dialog.close()
  })
}

// A slide in the URL's hash wins over ?step=, so that a reload stays where you are.
function jumpToStep(hash: string) {
  const step = new URLSearchParams(location.search).get('step')
  const slide = document.querySelector(`.slides section section[data-step="${Number(step)}"]`)
  if (!step || !slide || hash.length > 2) return
  const { h, v } = Reveal.getIndices(slide as HTMLElement)
  Reveal.slide(h, v)
}
