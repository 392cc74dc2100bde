// The rules that keep the house as CONTRIBUTING.md draws it.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { at, root } from '../../tools/setup/project.mjs'
import { steps } from '../../tools/setup/steps.mjs'

const listed = ['ls-files', '--cached', '--others', '--exclude-standard']
const files = execFileSync('git', listed, { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(at(file)))
const code = files.filter((file) => /\.([cm]?ts|[cm]?js)$/.test(file))
const read = (file: string) => readFileSync(at(file), 'utf8')

const { imports: rooms } = JSON.parse(read('package.json')) as { imports: Record<string, string> }

/** The file an import leads to, or undefined if it leads out of the house. */
function resolve(from: string, module: string): string | undefined {
  const room = Object.keys(rooms).find((name) => module.startsWith(name.replace('*', '')))
  if (!room && !module.startsWith('.')) return undefined
  const path = room
    ? (rooms[room] as string).replace('*', module.slice(room.replace('*', '').length))
    : join(dirname(from), module)
  const endings = ['', '.ts', '.mjs', '.d.ts', '/index.ts']
  return endings.map((ending) => normalize(path + ending)).find((file) => files.includes(file))
}

/** Every import in the house, as [the file, the file it imports]. `import type` counts too. */
const arrows = code.flatMap((from) =>
  [...read(from).matchAll(/^(?:import|export|\} from)\b[^'"\n]*['"]([^'"\n]+)['"]/gm)]
    .map(([, module]) => resolve(from, module as string))
    .filter((to) => to !== undefined)
    .map((to) => [from, to] as const),
)

test('the imports are found', () => {
  expect(arrows.length).toBeGreaterThan(300)
  expect(arrows).toContainEqual(['steps/02-uts/main.ts', 'native/unistd.ts'])
  expect(arrows).toContainEqual(['steps/05-chroot/main.ts', 'rootfs/default.ts'])
})

describe('arrows point one way', () => {
  const strays = (from: RegExp, to: RegExp) =>
    arrows.filter(([a, b]) => from.test(a) && !to.test(b)).map((arrow) => arrow.join(' → '))

  test('native/ imports nothing but itself', () => {
    expect(strays(/^native\//, /^native\//)).toEqual([])
  })

  test('steps/shared/ imports native/ and itself', () => {
    expect(strays(/^steps\/shared\//, /^(native\/[^/]+|steps\/shared\/[^/]+)$/)).toEqual([])
  })

  test.each(steps())('%s imports native/, steps/shared/, the default rootfs and itself', (step) => {
    const allowed = new RegExp(
      `^(native/[^/]+|steps/shared/.+|rootfs/default\\.ts|steps/${step}/.*)$`,
    )
    expect(strays(new RegExp(`^steps/${step}/`), allowed)).toEqual([])
  })

  test('only the judge and the executor of the guide import test/', () => {
    const into = arrows.filter(([from, to]) => to.startsWith('test/') && !from.startsWith('test/'))
    const allowed = /^(tools\/companion\/judge\/|tools\/guide\/|vitest\.config\.ts)/
    expect(into.filter(([from]) => !allowed.test(from)).map((arrow) => arrow.join(' → '))).toEqual(
      [],
    )
  })

  test('no circles', () => {
    const next = new Map<string, string[]>()
    for (const [from, to] of arrows) next.set(from, [...(next.get(from) ?? []), to])
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      if (path.includes(file) || done.has(file)) return
      for (const to of next.get(file) ?? []) visit(to, [...path, file])
      done.add(file)
    }
    for (const file of next.keys()) visit(file, [])
    expect(circles).toEqual([])
  })
})

test('only what runs before the packages are there is JavaScript', () => {
  const reasons = [
    'tools/run.mjs',
    'steps/shared/loader.cjs', // loads TypeScript, so it can't be TypeScript
    'tools/companion/judge/errors.cjs', // preloaded into the program that is judged
    'tools/maintainers/bench/marks.cjs', // preloaded, to mark Node's own start
    'test/faults/pause.cjs', // preloaded, to leave out Node's own start
  ]
  const scripts = code.filter((file) => !file.endsWith('.ts') && !/^tools\/setup\//.test(file))
  expect(scripts.filter((file) => !reasons.includes(file))).toEqual([])
})

describe('a step is one folder, and its parts are found by its name', () => {
  const chapters = read('WORKSHOP.md')
  test.each(steps())('%s', (step) => {
    const number = Number.parseInt(step, 10)
    const parts = [
      `test/${step}.test.ts`,
      `tools/companion/judge/causes/${step}.ts`,
      `slides/${step}.md`,
      `slides/pictures/${step}.ts`,
    ]
    const missing = parts.filter((part) => !existsSync(at(part)))
    if (!new RegExp(`^## ${number}\\. `, 'm').test(chapters))
      missing.push(`WORKSHOP.md: ${number}.`)
    if (!read('README.md').includes(`| [${step}](steps/${step}/main.ts)`)) missing.push('README.md')
    expect(missing).toEqual([])
  })

  test('no part is left of a step that is gone', () => {
    const named = files.filter((file) => /(^|\/)\d\d-[a-z-]+(\.test)?\.(ts|md)$/.test(file))
    const known = [...steps(), '00-opening', '10-wall', '99-closing', '99-wall']
    const left = named.filter(
      (file) => !known.includes(file.replace(/.*\//, '').replace(/(\.test)?\.\w+$/, '')),
    )
    expect(left).toEqual([])
  })
})

describe('lines are at most 100 columns wide', () => {
  const wide = (file: string, counts: (line: string) => boolean) =>
    read(file)
      .split('\n')
      .flatMap((line, index) => (line.length > 100 && counts(line) ? [`${file}:${index + 1}`] : []))

  test('every line of steps/ and native/', () => {
    const lesson = files.filter((file) => /^(steps|native)\/.*\.(ts|cjs|cc|h)$/.test(file))
    expect(lesson.flatMap((file) => wide(file, () => true))).toEqual([])
  })

  test('comments everywhere: the formatter leaves those alone', () => {
    const isComment = (line: string) => /^\s*(\/\/|\*|\/\*)/.test(line) && !/https?:/.test(line)
    expect(code.flatMap((file) => wide(file, isComment))).toEqual([])
  })
})
