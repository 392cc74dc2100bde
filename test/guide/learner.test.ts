// A learner who copies and types what the guide says has each step's program, file by file.
import { readdirSync, readFileSync } from 'node:fs'
import { applyPatch } from 'diff'
import { expect, test } from 'vitest'
import { fences } from '../../tools/console/markdown'
import { chapters } from '../../tools/guide/chapters'
import { at } from '../../tools/setup/project.mjs'

const read = (...path: string[]) => readFileSync(at(...path), 'utf8')
const filesOf = (step: string) =>
  Object.fromEntries(
    readdirSync(at('steps', step)).map((file) => [file, read('steps', step, file)]),
  )

const COPY = /^cp (steps\/\S+\/(\S+)) my-container\/$/
const WHOLE = /^<!-- code: steps\/\S+\/(\S+) -->$/
const MARKER = /^<!-- diff: \S+ \S+ ?(\S*) -->$/

test('each chapter leads from the step before to its own', () => {
  const mine: Record<string, string> = { 'main.ts': read('tools/companion/starter.ts') }
  for (const { step, text } of chapters(read('WORKSHOP.md'), 'WORKSHOP.md')) {
    if (!step) continue
    follow(text, mine)
    expect(mine, step).toEqual(filesOf(step))
  }
})

function follow(text: string, mine: Record<string, string>): void {
  const lines = text.split('\n')
  for (const fence of fences(text)) {
    for (const line of fence.lines) {
      const [, from, file] = COPY.exec(line) ?? []
      if (from) mine[file] = read(from)
    }
    const marker = lines[fence.line - 3] ?? ''
    const [, whole] = WHOLE.exec(marker) ?? []
    if (whole && fence.info[0] === 'ts') mine[whole] ??= `${fence.lines.join('\n')}\n`
    const [, file = ''] = MARKER.exec(marker) ?? []
    if (fence.info[0] === 'diff')
      mine[file || 'main.ts'] = typed(mine[file || 'main.ts'], fence.lines)
  }
}

// Empty lines of a change are printed without their mark.
function typed(before: string, change: string[]): string {
  const after = applyPatch(before, `${change.map((line) => line || ' ').join('\n')}\n`)
  expect(after, change[0]).not.toBe(false)
  return after as string
}
