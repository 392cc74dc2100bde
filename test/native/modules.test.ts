// The modules of native/ and steps/shared/ as a whole: nothing forgotten, nothing unused; and the
// addon below them.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { constants } from '#native/internal/binding'
import { repository } from '../harness/work'
import * as all from './all'
import { Program, run } from './program'

const at = (...parts: string[]) => path.join(repository, ...parts)

const modules = (folder: string) =>
  readdirSync(at(folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => at(folder, name))

const headers = modules('native')
const shared = modules('steps/shared')
const source = headers.map((file) => readFileSync(file, 'utf8')).join('\n')

const exported = Object.keys(all)
const isConstant = (name: string) => /^[A-Z]+_[A-Z_]+$/.test(name)
const isFunction = (name: string) => /^[a-z]/.test(name)

test('all.ts exports every name of every module', async () => {
  const found = await Promise.all([...headers, ...shared].map((file) => import(file)))
  for (const module of found) expect(all).toMatchObject({ ...module })
  expect(found.length).toBeGreaterThan(10)
})

// CLONE_FLAGS is the union of the flags that spawn() takes.
const flags = exported.filter((name) => isConstant(name) && name !== 'CLONE_FLAGS')

test("the addon's constants are those that the modules export", () => {
  expect(Object.keys(constants).sort()).toEqual(flags.sort())
  expect(all).toMatchObject(constants)
  expect(all.CLONE_FLAGS & 0xff).toBe(0)
})

const imported = ['steps', 'tools']
  .flatMap((folder) =>
    readdirSync(at(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(at(folder, name), 'utf8')),
  )
  .flatMap((text) => [...text.matchAll(/^import \{([^}]*)\} from/gm)])
  .flatMap(([, names]) => names?.match(/\w+/g) ?? [])
const isUsed = (name: string) => imported.includes(name)

test('every function is used by a step or a tool', () => {
  const kept = ['execve'] // execvp() without the search
  const unused = exported.filter((name) => isFunction(name) && !isUsed(name))
  expect(unused.sort()).toEqual(kept.sort())
})

const comment = /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?/.source
const exports = new RegExp(`${comment}export (?:async )?(function|const) \\W*(\\w+)`, 'g')
const definitions = [...source.matchAll(exports)]

test('each constant is documented, and each function, with its manual page', () => {
  for (const [, text = '', kind, name] of definitions)
    expect(text, name).toContain(kind === 'function' ? '@see https://man7.org/' : '/**')
  expect(definitions.length).toBeGreaterThan(30)
})

test('the fuzz calls every function', () => {
  const fuzz = readFileSync(at('test/native/fuzz/functions.ts'), 'utf8')
  const fuzzed = [...fuzz.matchAll(/(?:typed\(|name: )'(\w+)'/g)].map(([, name]) => name)
  const functions = definitions.filter(([, , kind]) => kind === 'function')
  expect(fuzzed.sort()).toEqual(functions.map(([, , , name]) => name).sort())
})

test("an addon that isn't there or is damaged: why, and what to do", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'native-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const damaged = path.join(folder, 'native.node')
  writeFileSync(damaged, 'no object')
  const missing = '/no/such.node'
  for (const [addon, why] of [
    [missing, 'is not there'],
    [damaged, "can't be loaded: "],
  ] as const) {
    const env = { ...process.env, NATIVE_ADDON: addon }
    const program = new Program("require('./native/sched.ts')", { env })
    expect(await program.end()).toBe(1)
    expect(program.stderr).toContain(`the native addon ${addon} ${why}`)
    expect(program.stderr).toContain('npm run build')
  }
})

test("a worker that ends during a call doesn't abort the process", async () => {
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
