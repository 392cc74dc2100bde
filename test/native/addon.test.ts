// The addon itself: what is said if it can't be loaded, and how it ends with a worker.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { repository } from '../harness/work'
import { Program, run } from './program'

/** A copy of native/ without the addon, changed and then loaded. */
async function load(change: (folder: string) => void) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'native-test-'))
  onTestFinished(() => rmSync(scratch, { recursive: true }))
  const folder = path.join(scratch, 'native')
  const source = path.join(repository, 'native')
  const filter = (name: string) => path.relative(source, name) !== 'build'
  cpSync(source, folder, { recursive: true, filter })
  change(folder)
  const code = `require('tsx/cjs'); require(${JSON.stringify(path.join(folder, 'sched.ts'))})`
  const program = new Program(code, {})
  expect(await program.end()).toBe(1)
  return { addon: path.join(folder, 'build/Release/native.node'), stderr: program.stderr }
}

test("an addon that isn't there: where it should be, and what to do", async () => {
  const { addon, stderr } = await load(() => {})
  expect(stderr).toContain(`the native addon ${addon} is not there`)
  expect(stderr).toContain('npm run build')
})

test("a damaged addon: why it can't be loaded, and what to do", async () => {
  const { addon, stderr } = await load((folder) => {
    mkdirSync(path.join(folder, 'build/Release'), { recursive: true })
    writeFileSync(path.join(folder, 'build/Release/native.node'), 'no object')
  })
  expect(stderr).toMatch(`the native addon ${addon} can't be loaded: `)
  expect(stderr).toContain('npm run build')
})

test('a worker that ends during a call takes nobody along', async () => {
  const { value } = await run(({ workers }) => {
    // Reading the argument ends the worker, so the addon can throw no error there.
    const code = `const { binding } = require('./native/internal/binding.ts')
      const paths = Object.defineProperty([], 0, { get: () => process.exit(7) })
      binding.execve(paths, [], [], false)`
    const execArgv = ['--require', './steps/shared/loader.cjs']
    const worker = new workers.Worker(code, { eval: true, execArgv })
    return new Promise<number>((done) => worker.on('exit', done))
  })
  expect(value).toBe(7)
})
