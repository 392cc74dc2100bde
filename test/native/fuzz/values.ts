// What the fuzz calls functions with: mostly plausible values, now and then absurd ones.
import fc from 'fast-check'

/** Thrown by the getters of hostile values, so it's no finding. */
export class Sabotage extends Error {}

const sabotage = () => {
  throw new Sabotage('a getter that throws')
}

// Except for symbols: fast-check itself looks for one in every value.
const traps: ProxyHandler<object> = {
  get: (_, key) => (typeof key === 'symbol' ? undefined : sabotage()),
  has: (_, key) => (typeof key === 'symbol' ? false : sabotage()),
  ownKeys: sabotage,
}

const oddities: unknown[] = [
  undefined,
  null,
  true,
  {},
  [],
  [undefined],
  new Array(2 ** 32 - 1),
  Symbol('symbol'),
  10n,
  () => 'called',
  new Date(Number.NaN),
  new Proxy({}, traps),
  new Proxy([], traps),
  Object.create(null),
  { toString: sabotage, valueOf: sabotage },
  { [Symbol.toPrimitive]: () => '/' },
  { length: 3, 0: 'a', 1: 'b', 2: 'c' },
  new String('/'),
  new Uint8Array(8),
  Buffer.from('/'),
]

const numbers = [
  0,
  -0,
  1,
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32 - 1,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_VALUE,
  Number.MAX_VALUE,
]

const strings = [
  '',
  '\0',
  'a\0b',
  '\ud800',
  '\u{1f4a3}',
  '%s%n%x',
  '\x1b[31m',
  '--',
  '__proto__',
  'x'.repeat(255),
  'x'.repeat(4095),
  'x'.repeat(4096),
  `/${'x/'.repeat(3000)}`,
  'é'.repeat(2048),
]

export const text = fc.oneof(
  fc.constantFrom(...strings),
  fc.string({ unit: 'binary' }),
  fc.string(),
)
export const number = fc.oneof(fc.constantFrom(...numbers), fc.integer(), fc.double())
/** Anything at all. */
export const anything = fc.oneof(fc.constantFrom(...oddities), number, text)

const mostly = <T>(plausible: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 6, arbitrary: plausible as fc.Arbitrary<unknown> },
    { weight: 1, arbitrary: anything },
  )

/** Paths in the world of world.ts, and paths that lead nowhere. */
export const path = mostly(
  fc.oneof(
    fc.constantFrom(
      '/tree',
      '/tree/a',
      '/tree/a/b',
      '/tree/mount',
      '/tree/file',
      '/tree/link',
      '/tree/loop',
    ),
    fc.constantFrom(
      '.',
      '/',
      '//',
      '..',
      'tree',
      '/tree/new',
      '/tree/a/../..',
      '/tree/file/x',
      '/proc/self/fd/0',
    ),
    text,
  ),
)
export const optionalPath = fc.oneof(
  { weight: 4, arbitrary: path },
  { weight: 1, arbitrary: fc.constant(null) },
)
export const word = mostly(text)
export const descriptor = mostly(fc.oneof(fc.integer({ min: 0, max: 40 }), number))
export const small = mostly(fc.oneof(fc.integer({ min: 0, max: 70 }), number))
export const pid = mostly(fc.oneof(fc.integer({ min: 1, max: 400 }), number))

/** Any combination of these flags, and other numbers. */
export const flags = (known: number[]) =>
  mostly(
    fc.oneof(
      fc.subarray(known).map((chosen) => chosen.reduce((bits, flag) => (bits | flag) >>> 0, 0)),
      fc.constantFrom(...known, 0),
      number,
    ),
  )

/** Arrays of words. */
export const words = mostly(
  fc.oneof(fc.array(text, { maxLength: 6 }), fc.array(anything, { maxLength: 3 })),
)

/** Environments. */
export const environment = mostly(
  fc.oneof(
    fc.dictionary(text, fc.oneof(text, fc.constant(undefined)), { maxKeys: 4 }),
    fc.constantFrom<unknown>(
      { PATH: '' },
      { PATH: '/bin:::.' },
      { PATH: '/tree:/bin' },
      { PATH: 5 },
      {},
    ),
    fc.dictionary(text, anything, { maxKeys: 3 }),
  ),
)
