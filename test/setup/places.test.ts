// Places that don't work, for a checkout and for temporary files: a sentence says so at once.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { wrongPath } from '../../tools/setup/place.mjs'
import { at } from '../../tools/setup/project.mjs'
import { HANG } from '../harness/waiting'

const folder = mkdtempSync(join(tmpdir(), 'places-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A command of a checkout at this path, which has no packages. */
function run(checkout: string, words: string[], env: NodeJS.ProcessEnv = {}) {
  const argv = [join(checkout, 'tools', 'run.mjs'), ...words]
  const options = { cwd: checkout, encoding: 'utf8', timeout: HANG } as const
  const ended = spawnSync(process.execPath, argv, { ...options, env: { ...process.env, ...env } })
  return { status: ended.status, stdout: ended.stdout, stderr: ended.stderr }
}

type Findings = { findings: { name: string; state: string; saw: string; fix?: string }[] }

const diagnosis = (checkout: string, name: string, env?: NodeJS.ProcessEnv) =>
  (JSON.parse(run(checkout, ['doctor', '--json'], env).stdout) as Findings).findings.find(
    (finding) => finding.name === name,
  )

describe("a checkout's path", () => {
  test.each([...'*:?"<>|;\\[]', '\n', '\r', '\t'])('may not have %j', (character) => {
    const path = `/home/me/a${character}b`
    expect(wrongPath(path)).toContain(path)
    expect(wrongPath(path)).toMatch(/^its path has (the character .|a line break|a carriage|a tab)/)
  })

  test("may have spaces, letters of any script, and what else doesn't matter", () => {
    expect(
      wrongPath(`/home/Führung durch/容器 it's $HOME 100%41 #1 (y) & -z {a,b} ~!@^=+,\``),
    ).toBe(undefined)
  })

  test.each(['a;b', 'a?b', 'a\nb "c"'])('%j is refused by the set-up and by the doctor', (name) => {
    const checkout = join(folder, name)
    mkdirSync(checkout)
    for (const part of ['tools', 'package.json', 'package-lock.json'])
      cpSync(at(part), join(checkout, part), { recursive: true })
    for (const words of [['setup'], ['step', '1', '/bin/true'], ['check']])
      expect(run(checkout, words)).toEqual({
        status: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^✖ This checkout can't be used: its path has .*\n?.*\nPlease /,
        ),
      })
    expect(diagnosis(checkout, 'place of the checkout')).toMatchObject({
      state: 'failure',
      saw: expect.stringContaining(checkout),
      fix: expect.stringContaining('rename'),
    })
  })
})

describe.each(['/proc', join(folder, 'missing')])('with temporary files in %s', (place) => {
  const env = { TMPDIR: place }

  test('what needs none runs', () => {
    const ended = run(at('.'), ['start', '/bin/echo', 'hi'], env)
    expect(ended).toEqual({ status: 0, stdout: 'hi\n', stderr: '' })
  })

  test('what needs some is refused, and the doctor says why', () => {
    const wrong = new RegExp(`nothing can be written to ${place}, .*\\(ENOENT\\)`)
    expect(run(at('.'), ['check'], env)).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(wrong),
    })
    expect(diagnosis(at('.'), 'temporary files', env)).toMatchObject({
      state: 'warning',
      saw: expect.stringMatching(wrong),
      fix: expect.stringContaining('unset TMPDIR'),
    })
  })
})

test('lines that end as on Windows', () => {
  const checkout = join(folder, 'windows')
  mkdirSync(checkout)
  for (const part of ['tools', 'package.json', 'package-lock.json'])
    cpSync(at(part), join(checkout, part), { recursive: true })
  execFileSync('sed', ['-i', 's/$/\\r/', join(checkout, 'package.json')])
  expect(diagnosis(checkout, 'line ends')).toMatchObject({ state: 'warning' })
})
