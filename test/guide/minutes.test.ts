// How long a chapter takes: what is typed and read in it, and nothing else.
import { describe, expect, test } from 'vitest'
import { generate } from '../../tools/guide/generate'
import { minutes } from '../../tools/guide/minutes'

const words = (count: number) => `${'word '.repeat(count)}\n\n`
const fence = (info: string, ...lines: string[]) => `\`\`\`${info}\n${lines.join('\n')}\n\`\`\`\n\n`
const long = (count: number) => 'x'.repeat(count)

describe('minutes', () => {
  test('200 words, 150 typed characters', () => {
    expect(minutes(words(600))).toEqual({ walk: 3, short: 3 })
    const typed = fence('console host', `$ ${long(600)}`, long(9000), `$ <${long(900)}`)
    expect(minutes(typed)).toEqual({ walk: 4, short: 4 })
    expect(minutes(fence('sh', long(300)))).toEqual({ walk: 2, short: 2 })
  })

  test('changes are typed, without their indentation, and copied on the short path', () => {
    const change = fence('diff', `+    ${long(449)}`, `-${long(900)}`, ` ${long(900)}`, '+x')
    expect(minutes(change)).toEqual({ walk: 3, short: 0 })
  })

  test('given code is read; pictures, output and what is folded or hidden are not', () => {
    expect(minutes(fence('ts', words(400)))).toEqual({ walk: 2, short: 2 })
    const hidden = `<!-- ${words(400)}-->\n\n<details>\n${words(400)}</details>\n\n`
    expect(minutes(hidden + fence('text', words(400)))).toEqual({ walk: 0, short: 0 })
    expect(minutes('| --- | - | = |\n'.repeat(200))).toEqual({ walk: 0, short: 0 })
  })

  test('the parts for afterwards do not count, and “Break it” only at a walk', () => {
    const part = (title: string) => `### ${title}\n\n${words(198)}`
    const parts = ['Try it', 'Break it', 'Questions', 'Go further', 'Read on'].map(part)
    expect(minutes(parts.join(''))).toEqual({ walk: 2, short: 1 })
  })
})

test('npm run docs writes them where a chapter has its time, and sums them up', () => {
  const chapter = (title: string, time: string) => `## ${title}\n\n${time}${words(400)}`
  const table = '<!-- table: chapters -->\n<!-- /table -->\n'
  const text = table + chapter('A', '**Time:** 9 minutes.\n\n') + chapter('B', '')
  const made = generate(text, 'x.md')
  expect(made).toContain('## A\n\n**Time:** 2 minutes, short path 2.\n')
  expect(made).toMatch(/\| together \| \*\*2\*\* +\| \*\*2\*\* /)
  expect(made.match(/Time:/g)).toHaveLength(1)
})
