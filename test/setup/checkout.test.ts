// A clone by Git for Windows, which converts line ends unless a repository says otherwise.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type TestContext, test } from 'vitest'
import { at, root } from '../../tools/setup/project.mjs'

test('a clone with core.autocrlf=true has no carriage returns', (context: TestContext) => {
  if (!existsSync(at('.git'))) context.skip('this is no git checkout')
  const folder = mkdtempSync(join(tmpdir(), 'clone-test-'))
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' })
  try {
    git('-c', 'core.autocrlf=true', 'clone', '--quiet', root, folder)
    const files = git('-C', folder, 'ls-files', '-z')
      .split('\0')
      .filter((file) => /\.(sh|c|cc|h|cjs|mjs|ts|md|json|cast)$/.test(file))
    expect(files.length).toBeGreaterThan(200)
    const converted = files.filter((file) => readFileSync(join(folder, file)).includes('\r\n'))
    expect(converted).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
