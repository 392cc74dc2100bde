import fs from 'node:fs'

const MACHINES: Record<string, number> = {
  x64: 62,
  arm64: 183,
  ia32: 3,
  arm: 40,
  riscv64: 243,
  s390x: 22,
  ppc64: 21,
}
const PT_INTERP = 3

/**
 * Whether `file` is an ELF program for this machine that needs no dynamic loader: one without a PT_INTERP segment.
 * Anything unreadable or not ELF is simply not static.
 */
export function isStatic(file: string): boolean {
  try {
    return checkElf(fs.readFileSync(file))
  } catch {
    return false
  }
}

function checkElf(image: Buffer): boolean {
  if (image.readUInt32BE(0) !== 0x7f454c46) return false
  const wide = image[4] === 2
  const little = image[5] === 1
  const u16 = (at: number) => (little ? image.readUInt16LE(at) : image.readUInt16BE(at))
  const u32 = (at: number) => (little ? image.readUInt32LE(at) : image.readUInt32BE(at))
  const u64 = (at: number) => Number(little ? image.readBigUInt64LE(at) : image.readBigUInt64BE(at))
  if (u16(18) !== MACHINES[process.arch]) return false
  const table = wide ? u64(32) : u32(28)
  const size = u16(wide ? 54 : 42)
  const count = u16(wide ? 56 : 44)
  for (let i = 0; i < count; i++) {
    if (u32(table + i * size) === PT_INTERP) return false
  }
  return count > 0
}
