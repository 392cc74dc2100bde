// Assembled filters: their bytes, and what the kernel does with them.
import { expect, test } from 'vitest'
import * as bpf from '#shared/bpf'
import { numbers, SECCOMP_RET_ALLOW } from '#native/seccomp'
import { isRoot, run } from '../native/program'

const listing = (program: Uint8Array) => Buffer.from(program).toString('hex').match(/.{16}/g)

test('an instruction is eight bytes: code, jumps, constant', () => {
  const { answer, argument, ifAnyBit, load, unless } = bpf
  expect(listing(bpf.assemble(load(argument(1)), answer(0x7fff0000)))).toEqual([
    '2000000018000000',
    '060000000000ff7f',
  ])
  expect(listing(bpf.assemble(unless(0xc000003e, 1), ifAnyBit(~1, 3)))).toEqual([
    '150001003e0000c0',
    '0600000001000000',
    '45000001feffffff',
    '0600000003000000',
  ])
})

test('ifAfter and ifBetween leave out the calls that they name', () => {
  expect(listing(bpf.assemble(bpf.ifAfter('clone3', 1)))).toEqual([
    '25000001b3010000',
    '0600000001000000',
  ])
  expect(listing(bpf.assemble(bpf.ifBetween('io_uring_setup', 'clone3', 1)))).toEqual([
    '25000002a9010000',
    '35000100b3010000',
    '0600000001000000',
  ])
})

test('inCall skips its parts for other calls, and loads the number again after them', () => {
  const { answer, argument, inCall, load } = bpf
  const parts = [load(argument(0)), answer(7)]
  const number = Buffer.alloc(4)
  number.writeUInt32LE(numbers.ioctl as number)
  expect(listing(bpf.assemble(inCall('ioctl', ...parts)))).toEqual([
    `15000003${number.toString('hex')}`,
    '2000000010000000',
    '0600000007000000',
    '2000000000000000',
  ])
})

test('a call that only other machines have takes no instruction', () => {
  const missing = Object.keys(numbers).filter((name) => numbers[name] === undefined)
  for (const name of missing) expect(bpf.ifCall(name, 0)).toEqual([])
  for (const name of missing) expect(bpf.inCall(name, bpf.answer(0))).toEqual([])
  expect(missing.includes('open')).toBe(process.arch === 'arm64')
})

test('a misspelt call is refused, not left out', () => {
  const words = 'there is no system call named mout'
  expect(() => bpf.ifCall('mout', 0)).toThrow(words)
  expect(() => bpf.inCall('mout')).toThrow(words)
  for (const name of ['', 'toString', '__proto__'])
    expect(() => bpf.ifAfter(name, 0)).toThrow(`no system call named ${name}`)
})

test('a jump that is too far for its byte is refused, not cut', () => {
  const many = (count: number) => Array.from({ length: count }, () => bpf.answer(0))
  expect(bpf.assemble(bpf.inCall('ioctl', ...many(254))).length).toBe(256 * 8)
  expect(() => bpf.assemble(bpf.inCall('ioctl', ...many(255)))).toThrow('over 256 instructions')
})

test.skipIf(!isRoot)('the kernel answers as they say', async () => {
  const { value } = await run(({ native, failure }) => {
    const { answer, argument, assemble, errno, ifAnyBit, ifCall, ifEqual } = native
    const { ifAfter, ifBetween, inCall, load, unless } = native
    const [operation, fd] = [load(argument(1)), load(argument(0))]
    const program = assemble(
      load(native.ARCH),
      unless(native.AUDIT_ARCH, native.SECCOMP_RET_KILL_PROCESS),
      load(native.NUMBER),
      ifAfter('mseal', native.SECCOMP_RET_KILL_PROCESS),
      ifBetween('rseq', 'pidfd_send_signal', native.SECCOMP_RET_KILL_PROCESS),
      inCall('flock', operation, ifEqual(1, errno('EXDEV')), ifAnyBit(4, errno('EDQUOT'))),
      inCall('flock', fd, ifEqual(801, errno('ENOSYS')), unless(700, errno('ENODEV'))),
      ifCall('sethostname', errno('EISDIR')),
      answer(native.SECCOMP_RET_ALLOW),
    )
    native.seccomp(native.SECCOMP_SET_MODE_FILTER, 0, program)
    const calls: [fd: number, operation: number][] = [
      [700, 1],
      [700, 2 | 4],
      [801, 2],
      [800, 2],
      [700, 2],
    ]
    const flocks = calls.map(([fd, operation]) => failure(() => native.flock(fd, operation)))
    return [...flocks, failure(() => native.sethostname('x'))].map((error) => error?.code)
  })
  expect(value).toEqual(['EXDEV', 'EDQUOT', 'ENOSYS', 'ENODEV', 'EBADF', 'EISDIR'])
  expect(SECCOMP_RET_ALLOW).toBe(0x7fff0000)
})
