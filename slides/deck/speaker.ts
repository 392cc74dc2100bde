// reveal.js writes its speaker view, a page with an inline script, into an empty window. Such a window has the
// Content-Security-Policy of the deck, which therefore has to name that script.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { runInNewContext } from 'node:vm'

const require = createRequire(import.meta.url)

/** A source expression for script-src: 'sha256-…' with its quotes. */
export function speakerScriptHash(): string {
  const plugin = readFileSync(require.resolve('reveal.js/plugin/notes'), 'utf8')
  const literal = /document\.write\((`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")\)/.exec(plugin)?.[1]
  const script = literal && /<script>(.*?)<\/script>/s.exec(runInNewContext(literal))?.[1]
  if (!script)
    throw new Error('the speaker view of this version of reveal.js is written in another way')
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`
}
