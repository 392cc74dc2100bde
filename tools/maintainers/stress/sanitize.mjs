// npm run test:sanitize: the addon with AddressSanitizer and UBSan under the fuzz and the system calls' tests. A report fails.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { find, quiet } from '../../setup/programs.mjs'
import { at } from '../../setup/project.mjs'
import { asRoot } from '../../setup/root.mjs'
import { main, Problem, say, task } from '../../setup/terminal.mjs'
import { vitest } from '../../setup/vitest.mjs'

const build = at('build', 'sanitize')

await main(async () => {
  await task('Building the addon with sanitizers', (detail) =>
    quiet(process.execPath, cmake(), detail),
  )
  const [file, ...args] = command()
  const { status } = spawnSync(file, args, { cwd: at('.'), stdio: 'inherit' })
  if (status !== 0)
    throw new Problem('A test failed, or a sanitizer has a report: it stands above.', status ?? 1)
  say('No report.')
})

function cmake() {
  return [
    at('node_modules', 'cmake-js', 'bin', 'cmake-js'),
    'compile',
    '-d',
    at('native'),
    '-O',
    build,
    '--CDSANITIZE=ON',
  ]
}

function command() {
  // Not those of spawn(): the commands that it starts inherit the runtime, and with it handlers and threads.
  const tests =
    process.argv.length > 2
      ? process.argv.slice(2)
      : ['test/native/arguments', 'test/native/syscalls', 'test/native/fuzz']
  return asRoot(['env', ...environment(), ...vitest(...tests)])
}

// The runtime must be in the process before the addon is: Node itself is built without it.
function environment() {
  // Leaks: V8 ends without giving back its memory. SIGSEGV: V8 has a handler of its own.
  // Reports go to stderr: in the world of the fuzz there is no folder for them.
  const common = 'exitcode=99'
  return [
    `LD_PRELOAD=${runtime('libasan.so')} ${runtime('libubsan.so')}`,
    `ASAN_OPTIONS=${common}:detect_leaks=0:handle_segv=0:allow_user_segv_handler=1`,
    `UBSAN_OPTIONS=${common}:print_stacktrace=1:halt_on_error=1`,
    `NATIVE_ADDON=${addon()}`,
    `FUZZ_RUNS=${process.env.FUZZ_RUNS ?? 20_000}`,
    'TEST_SLOWNESS=3',
  ]
}

function addon() {
  const built = join(build, 'Release', 'native.node')
  if (!existsSync(built)) throw new Problem(`The build left no ${built}.`)
  return built
}

function runtime(name) {
  const compiler = find('g++')
  if (!compiler) throw new Problem('The sanitizers are those of g++, which is not installed.')
  const { stdout } = spawnSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' })
  const path = stdout.trim()
  if (!existsSync(path))
    throw new Problem(`g++ has no ${name}: install its sanitizers (libasan, libubsan).`)
  return path
}
