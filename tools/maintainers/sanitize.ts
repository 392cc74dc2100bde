// npm run test:sanitize [-- FILTER…]: the addon with AddressSanitizer and UBSan, under the fuzz and
// the tests of the system calls. A report fails.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../setup/programs.mjs'
import { at } from '../setup/project.mjs'
import { asRoot } from '../setup/root.mjs'
import { main, Problem, say, task } from '../setup/terminal.mjs'
import { endOnSignals, run, succeeds } from './run'

const build = at('build', 'sanitize')

// Without those of spawn(): its commands inherit the sanitizers, with their handlers and threads.
const tests = ['test/native/arguments', 'test/native/syscalls', 'test/native/fuzz']

main(async () => {
  endOnSignals()
  const cmakeJs = at('node_modules', 'cmake-js', 'bin', 'cmake-js')
  const words = ['compile', '-d', at('native'), '-O', build, '--CDSANITIZE=ON']
  await task('Building the addon with sanitizers', () =>
    succeeds([process.execPath, cmakeJs, ...words]),
  )
  const filters = process.argv.slice(2)
  const command = [
    'env',
    ...(await environment()),
    ...[process.execPath, at('node_modules', 'vitest', 'vitest.mjs'), 'run'],
    // Bundling the configuration would leave root's files in node_modules.
    ...['--configLoader', 'runner', ...(filters.length ? filters : tests)],
  ]
  const { status } = await run(asRoot(command), { stdout: 'inherit', stderr: 'inherit' })
  if (status !== 0) throw new Problem('A test failed, or a sanitizer has a report: see above.')
  say('No report.')
})

async function environment(): Promise<string[]> {
  // No leaks: V8 ends without giving back its memory. No SIGSEGV: V8 has its own handler. Reports
  // go to stderr: in the world of the fuzz there's no folder for them.
  const common = 'exitcode=99'
  return [
    // The sanitizers must be loaded before the addon is, as Node is built without them.
    `LD_PRELOAD=${await runtime('libasan.so')} ${await runtime('libubsan.so')}`,
    `ASAN_OPTIONS=${common}:detect_leaks=0:handle_segv=0:allow_user_segv_handler=1`,
    `UBSAN_OPTIONS=${common}:print_stacktrace=1:halt_on_error=1`,
    `NATIVE_ADDON=${addon()}`,
    `FUZZ_RUNS=${process.env.FUZZ_RUNS ?? 20_000}`,
    `TEST_SLOWNESS=${process.env.TEST_SLOWNESS ?? 3}`,
  ]
}

function addon(): string {
  const built = join(build, 'Release', 'native.node')
  if (!existsSync(built)) throw new Problem(`The build left no ${built}.`)
  return built
}

async function runtime(name: string): Promise<string> {
  const compiler = find('g++')
  if (!compiler) throw new Problem("The sanitizers come with g++, which isn't installed.")
  const path = (await run([compiler, `-print-file-name=${name}`])).stdout.trim()
  if (!existsSync(path))
    throw new Problem(`g++ has no ${name}: install its sanitizers (libasan, libubsan).`)
  return path
}
