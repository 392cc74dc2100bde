// The headers of programs. See elf(5).
import fs from 'node:fs'
import { beginning } from './files'

const PT_INTERP = 3
const MACHINES: Record<number, string> = {
  3: 'i386',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x86_64',
  183: 'aarch64',
  243: 'riscv64',
  258: 'loongarch64',
}

export interface Elf {
  machine: string
  /** Whether it's for this Node's machine. */
  isNative: boolean
  /** Its dynamic loader, if it's native and needs one. */
  loader?: string
}

/** Reads the headers of a program, or undefined if it's none. */
export function readElf(file: string): Elf | undefined {
  try {
    return parse(fs.readFileSync(file))
  } catch {
    return undefined
  }
}

function parse(elf: Buffer): Elf | undefined {
  if (elf.toString('latin1', 0, 4) !== '\x7fELF') return undefined
  const type = elf[5] === 2 ? elf.readUInt16BE(18) : elf.readUInt16LE(18)
  const machine = MACHINES[type] ?? `ELF machine ${type}`
  const ours = beginning('/proc/self/exe', 20)
  // The class, the byte order and the processor.
  const isNative = elf.subarray(0, 6).equals(ours.subarray(0, 6)) && elf[18] === ours[18]
  return { machine, isNative, loader: isNative ? loaderOf(elf) : undefined }
}

// 64-bit and little-endian, as every machine is that this project knows.
function loaderOf(elf: Buffer): string | undefined {
  const table = Number(elf.readBigUInt64LE(32))
  const [size, count] = [elf.readUInt16LE(54), elf.readUInt16LE(56)]
  for (let at = table; at < table + count * size; at += size) {
    if (elf.readUInt32LE(at) !== PT_INTERP) continue
    const begin = Number(elf.readBigUInt64LE(at + 8))
    return elf.toString('latin1', begin, elf.indexOf(0, begin))
  }
  return undefined
}
