// Dark or light, for what does not follow style sheets by itself.

/** When the deck turns dark or light. */
export function onThemeChange(callback: () => void) {
  new MutationObserver(callback).observe(document.documentElement, {
    attributeFilter: ['data-theme'],
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback)
}
