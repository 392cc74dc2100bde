// Live reload: the server says when the deck has changed, or why it couldn't be made.
// The small slides of the presenter view follow their deck anyway.
if (window.top === window) {
  const events = new EventSource('/events')
  events.addEventListener('reload', () => location.reload())
  events.addEventListener('problem', ({ data }) => show(data))
}

function show(text: string) {
  const box = document.querySelector<HTMLElement>('#problem') ?? document.createElement('pre')
  box.id = 'problem'
  box.setAttribute('role', 'alert')
  box.textContent = text
  Object.assign(box.style, {
    position: 'fixed',
    inset: 'auto 0 0 0',
    zIndex: '100',
    margin: '0',
    padding: '1em',
    font: '18px/1.4 monospace',
    whiteSpace: 'pre-wrap',
    color: '#fff',
    background: '#8b1a1a',
  })
  document.body.append(box)
}
