// The modules of native/ and steps/shared/ as a whole: nothing forgotten, nothing unused; and the
// addon below them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { binding, constants } from '#native/internal/binding'
import { repository } from '../harness/work'
import * as all from './all'
import { Program, run } from './program'

const at = (...parts: string[]) => path.join(repository, ...parts)

const modules = (folder: string) =>
  readdirSync(at(folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => at(folder, name))

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'native-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

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

test("the constants have the headers' values", () => {
  const program = path.join(scratch(), 'constants')
  const headers = ['sched.h', 'stdio.h', 'sys/file.h', 'sys/mount.h', 'sys/stat.h']
  const print = (name: string) => `printf("%s %llu\\n", "${name}", (unsigned long long)${name});`
  const source = `#define _GNU_SOURCE
    ${headers.map((header) => `#include <${header}>`).join('\n')}
    int main(void) { ${flags.map(print).join('\n')} }`
  execFileSync('cc', ['-x', 'c', '-', '-o', program], { input: source })
  const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n')
  const values = lines.map((line) => line.split(' ')).map(([name, value]) => [name, Number(value)])
  expect(constants).toEqual(Object.fromEntries(values))
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
  const kept = ['execve', 'setns'] // execvp() without the search; the counterpart of unshare()
  const unused = exported.filter((name) => isFunction(name) && !isUsed(name))
  expect(unused.sort()).toEqual(kept)
})

test('every constant is used by a step or a tool, or is a flag of a function that is', () => {
  const takes: Record<string, string> = {
    CLONE_: 'spawn',
    LOCK_: 'flock',
    MNT_: 'umount2',
    MS_: 'mount',
    S_IF: 'mknod',
    UMOUNT_: 'umount2',
  }
  const isFlag = (name: string) =>
    Object.entries(takes).some(([prefix, call]) => name.startsWith(prefix) && isUsed(call))
  expect(flags.filter((name) => !isUsed(name) && !isFlag(name))).toEqual([])
})

test("each of the addon's functions is called by a module", () => {
  const isCalled = (name: string) => source.includes(`binding.${name}(`)
  const functions = Object.keys(binding).filter((name) => name !== 'constants')
  expect(functions.filter((name) => !isCalled(name))).toEqual([])
})

test('each function is documented, with its manual page, and each constant too', () => {
  const documents =
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:async function|function|const) \W*(\w+)/g
  const documented = [...source.matchAll(documents)].map(([, text, name]) => [name, text])
  const texts = Object.fromEntries(documented) as Record<string, string>
  const names = [...source.matchAll(/^export (?:async function|function|const) \W*(\w+)/gm)]
  expect(names.map(([, name]) => name).filter((name) => !texts[name as string])).toEqual([])
  const functions = Object.keys(texts).filter(isFunction)
  expect(functions.filter((name) => !/@see https:\/\/man7\.org/.test(texts[name] ?? ''))).toEqual(
    [],
  )
  expect(functions.length).toBeGreaterThan(10)
})

test('the fuzz calls every function that takes input', () => {
  const functions = readFileSync(at('test/native/fuzz/functions.ts'), 'utf8')
  const fuzzed = [...functions.matchAll(/name: '(\w+)'/g)].map(([, name]) => name)
  const left = ['die', 'freeSubnet'] // ends the process; takes no input
  const missing = exported.filter((name) => isFunction(name) && !fuzzed.includes(name))
  expect(missing.sort()).toEqual(left)
})

async function loadFails(addon: string): Promise<string> {
  const env = { ...process.env, NATIVE_ADDON: addon }
  const program = new Program("require('./native/sched.ts')", { env })
  expect(await program.end()).toBe(1)
  return program.stderr
}

test("an addon that isn't there: where it should be, and what to do", async () => {
  const stderr = await loadFails('/no/such.node')
  expect(stderr).toContain('the native addon /no/such.node is not there')
  expect(stderr).toContain('npm run build')
})

test("a damaged addon: why it can't be loaded, and what to do", async () => {
  const addon = path.join(scratch(), 'native.node')
  writeFileSync(addon, 'no object')
  const stderr = await loadFails(addon)
  expect(stderr).toMatch(`the native addon ${addon} can't be loaded: `)
  expect(stderr).toContain('npm run build')
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
