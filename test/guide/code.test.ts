// The code, diffs, tables and links in the guide are what they come from.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { countGenerated, generate, generatedDrift } from '../../tools/guide/generate'
import { at } from '../../tools/setup/project.mjs'
import { steps } from '../../tools/setup/steps.mjs'

const guide = readFileSync(at('WORKSHOP.md'), 'utf8')

test('what the guide takes from elsewhere is up to date: npm run docs', () => {
  // The code of each step, and at least the two tables and the links.
  expect(countGenerated(guide)).toBeGreaterThan(steps().length + 2)
  expect(generatedDrift(guide, generate(guide, 'WORKSHOP.md'), 'WORKSHOP.md')).toEqual([])
})

describe('generated parts', () => {
  const fenced = (marker: string, ...body: string[]) =>
    [`<!-- ${marker} -->`, '', '```', ...body, '```', ''].join('\n')

  test('code: a whole file, or a part of it', () => {
    const [step] = steps()
    const whole = generate(fenced(`code: steps/${step}/main.ts`, 'old'), 'x.md')
    expect(whole).toContain(`\`\`\`ts\n${readFileSync(at('steps', step as string, 'main.ts'))}`)
    const part = `code: steps/${step}/main.ts from="function run" to="}"`
    const lines = generate(fenced(part), 'x.md').split('\n')
    expect([lines[3], lines.at(-3)]).toEqual(['async function run(argv: string[]) {', '}'])
  })

  test('diffs of two steps', () => {
    expect(generate(fenced('diff: 02-uts 03-pid', 'old'), 'x.md')).toContain(
      '+    cloneflags: CLONE_NEWUTS | CLONE_NEWPID,\n',
    )
  })

  test('diffs of another file of two steps, and of any two files', () => {
    expect(generate(fenced('diff: 09-nat 10-ipc dev.ts', 'old'), 'x.md')).toContain(
      "+  mkdirSync('/dev/mqueue')\n",
    )
    const files = 'diff: tools/companion/starter.ts steps/01-exec/main.ts'
    expect(generate(fenced(files, 'old'), 'x.md')).toContain("+import { spawn } from '#native/")
  })

  test.each([
    ['code: steps/99/main.ts', 'ENOENT'],
    ['code: package.json from="no such text"', 'no line has no such text'],
    ['code: package.json from="name" to="no such text"', 'no line from there on starts with'],
    ['diff: 01-exec', 'it takes two steps'],
  ])('a marker that leads nowhere names file and line: %s', (marker, message) => {
    const make = () => generate(`# T\n\n${fenced(marker)}`, 'x.md')
    expect(make).toThrow(`x.md:3: ${marker}`)
    expect(make).toThrow(message)
  })

  test('an unknown table is an error', () => {
    const make = () => generate('<!-- table: nothing -->\n<!-- /table -->', 'x.md')
    expect(make).toThrow('table: nothing')
  })

  test('Windows line endings are an error: no marker would be found', () => {
    const make = () => generate(guide.replaceAll('\n', '\r\n'), 'x.md')
    expect(make).toThrow(/x\.md has Windows line endings.*autocrlf/)
  })

  test('the first line that differs is named', () => {
    expect(generatedDrift('a\nb', 'a\nc', 'x.md')).toEqual([
      'x.md:2:\n  expected: b\n       got: c',
    ])
    expect(generatedDrift('a\nb', 'a', 'x.md')).toEqual([
      'x.md:2:\n  expected: b\n       got: (no more lines)',
    ])
    expect(generatedDrift('a', 'a', 'x.md')).toEqual([])
  })
})
