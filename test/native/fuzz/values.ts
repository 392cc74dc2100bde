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
  [undefined],
  new Array(2 ** 32 - 1),
  Symbol('symbol'),
  10n,
  () => 'called',
  new Proxy({}, traps),
  new Proxy([], traps),
  Object.create(null),
  { toString: sabotage, valueOf: sabotage },
  { [Symbol.toPrimitive]: () => '/' },
  { length: 3, 0: 'a', 1: 'b', 2: 'c' },
  new String('/'),
  Buffer.from('/'),
]

const numbers = [0, -0, 1, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE].concat(
  [31, 32, 53].flatMap((bits) => [2 ** bits - 1, 2 ** bits, -(2 ** bits)]),
)

const strings = [
  '',
  '\0',
  'a\0b',
  '\ud800',
  '%s%n%x',
  '--',
  '__proto__',
  'x'.repeat(4095),
  'x'.repeat(4096),
  `/${'x/'.repeat(3000)}`,
  'é'.repeat(2048),
]

const text = fc.oneof(fc.constantFrom(...strings), fc.string({ unit: 'binary' }), fc.string())
const number = fc.oneof(fc.constantFrom(...numbers), fc.integer(), fc.double())
/** Anything at all. */
export const anything = fc.oneof(fc.constantFrom(...oddities), number, text)

const mostly = (plausible: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 6, arbitrary: plausible }, { weight: 1, arbitrary: anything })

const tree = ['', '/a', '/a/b', '/mount', '/file', '/link', '/loop', '/new', '/file/x', '/a/../..']

/** Paths in the world of program.ts, and paths that lead nowhere. */
export const path = mostly(
  fc.oneof(
    fc.constantFrom(...tree.map((name) => `/tree${name}`)),
    fc.constantFrom<unknown>('.', '/', '//', '..', 'tree', '/proc/self/fd/0', null),
    text,
  ),
)
export const word = mostly(text)
/** Small numbers, such as descriptors. */
export const small = mostly(fc.oneof(fc.integer({ min: 0, max: 70 }), number))
export const oneOf = (...known: unknown[]) => fc.oneof(fc.constantFrom(...known), word)

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
    fc.constantFrom<unknown>({ PATH: '' }, { PATH: '/bin:::.' }, { PATH: '/tree:/bin' }, {}),
    fc.dictionary(text, anything, { maxKeys: 3 }),
  ),
)
