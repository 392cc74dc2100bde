// reveal.js writes its presenter view, a page with an inline script, into an empty window. That
// window inherits the deck's Content-Security-Policy, which must therefore allow the script.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { runInNewContext } from 'node:vm'

const require = createRequire(import.meta.url)

/** A source for script-src: 'sha256-…', with its quotes. */
export function speakerScriptHash(): string {
  const plugin = readFileSync(require.resolve('reveal.js/plugin/notes'), 'utf8')
  const literal = /document\.write\((`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")\)/.exec(plugin)?.[1]
  const script = literal && /<script>(.*?)<\/script>/s.exec(runInNewContext(literal))?.[1]
  if (!script)
    throw new Error(
      "this version of reveal.js writes its presenter view in a new way: its script wasn't found",
    )
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`
}
