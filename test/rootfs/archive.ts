// Tar archives as no honest program writes them: every field of a header may be hostile.
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'

const USUAL = {
  name: '',
  type: '0',
  link: '',
  prefix: '',
  mode: '0000644',
  owner: 0,
  /** What the header says, if it lies about the content. */
  size: undefined as string | undefined,
  content: Buffer.alloc(0),
  checksum: 'right' as 'right' | 'wrong' | 'none',
}

type Entry = typeof USUAL

export const file = (name: string, content: string | Buffer = '', mode = 0o644): Entry => ({
  ...USUAL,
  name,
  mode: octal(mode, 7),
  content: Buffer.from(content),
})
export const folder = (name: string, mode = 0o755, owner = 0): Entry => ({
  ...file(name, '', mode),
  type: '5',
  owner,
})
export const link = (name: string, target: string): Entry => ({
  ...USUAL,
  name,
  type: '2',
  link: target,
})
export const hardLink = (name: string, target: string): Entry => ({
  ...link(name, target),
  type: '1',
})
export const device = (name: string): Entry => ({ ...USUAL, name, type: '3' })

/** An archive of these entries and zeros at its end. */
export const tar = (entries: Entry[], end = 1024): Buffer =>
  Buffer.concat([...entries.map(block), Buffer.alloc(end)])

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

function block(entry: Entry): Buffer {
  const header = Buffer.alloc(512)
  header.write(entry.name, 0, 100)
  header.write(entry.mode, 100, 8)
  header.write(octal(entry.owner, 7), 108, 8)
  header.write(octal(entry.owner, 7), 116, 8)
  header.write(entry.size ?? octal(entry.content.length, 11), 124, 12, 'latin1')
  header.write(octal(1e9, 11), 136, 12)
  header.write(entry.type, 156, 1)
  header.write(entry.link, 157, 100)
  header.write('ustar\x0000', 257, 8, 'latin1')
  header.write(octal(8, 7), 329, 8)
  header.write(octal(1, 7), 337, 8)
  header.write(entry.prefix, 345, 155)
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0) + (entry.checksum === 'wrong' ? 1 : 0)
  if (entry.checksum !== 'none') header.write(`${octal(sum, 6)}\0 `, 148, 8, 'latin1')
  const padding = Buffer.alloc((512 - (entry.content.length % 512)) % 512)
  return Buffer.concat([header, entry.content, padding])
}

/** A pax record begins with its length, which counts itself too. */
function record(key: string, value: string, lie: number): string {
  const rest = ` ${key}=${value}\n`
  const bytes = Buffer.byteLength(rest)
  const length = bytes + String(bytes + String(bytes).length).length
  return `${length + lie}${rest}`
}

const weighted = <T>(...choices: [weight: number, ...values: T[]][]): fc.Arbitrary<T> =>
  fc.oneof(
    ...choices.map(([weight, ...values]) => ({
      weight,
      arbitrary: fc.constantFrom<T>(...(values as T[])),
    })),
  )

const usually = <T>(usual: T, ...others: T[]) => weighted<T>([60, usual], [1, ...others])

const sizes = [
  '77777777777',
  '-1',
  'nonsense',
  `\x80${'\xff'.repeat(11)}`,
  '\xff'.repeat(12),
  '1',
  '4000000',
]
const types = ['\0', '3', '4', '6', '7', 'S', 'D', 'M', 'V', 'N', 'Z', 'g', 'x', 'L', 'K']

/** Archives that aim at `outside`, a directory beside the one they become a root file system in. */
export function hostileArchive(outside: string): fc.Arbitrary<Buffer> {
  const climbing = [1, 2, 3, 4, 5].map((depth) => `${'../'.repeat(depth)}outside/file`)
  const name = weighted(
    // Few names, so that entries meet: as a link, as a file, as its directory.
    [50, 'a', 'b', 'a/', 'a/file', 'b/file', 'a/b', 'a/b/file', './a', 'b//file'],
    [20, 'etc', 'etc/resolv.conf', 'proc', 'root', 'bin/busybox', 'manifest.json'],
    [2, '.', 'a/../b', 'x'.repeat(100), 'é'.repeat(50), '', '/', '..', 'a/..'],
    [2, ...climbing, outside, `${outside}/file`, `${outside}/new`, 'a/../../../outside/new'],
    [2, '\x1b[2J', 'new\nline', '\u202e', '\u009b', '\\', ' ', '-rf', 'a\\..\\b'],
  )
  const target = fc.oneof(
    { weight: 3, arbitrary: name },
    {
      weight: 1,
      arbitrary: fc.constantFrom(outside, `${outside}/file`, ...climbing, '/etc', 'b', 'a/file'),
    },
  )
  const entry: fc.Arbitrary<Entry> = fc
    .record({
      name,
      type: weighted([40, '0', '5', '2'], [8, '1'], [1, ...types]),
      target,
      prefix: usually('', 'a', '..', '/'),
      mode: weighted([20, '0000644', '0006755', '0000000', '7777777'], [1, 'xyz']),
      owner: fc.constantFrom(0, 1000, 2097151),
      size: usually<string | undefined>(undefined, ...sizes),
      content: fc
        .constantFrom('', 'new content', 'x'.repeat(1000))
        .map((text) => Buffer.from(text)),
      checksum: usually<Entry['checksum']>('right', 'wrong', 'none'),
      odd: usually(false, true),
    })
    // Only links have a target, and neither they nor directories a content: anything else would be
    // refused for that alone.
    .map(({ target, odd, ...rest }) => ({
      ...rest,
      link: /[12]/.test(rest.type) || odd ? target : '',
      content: /[125]/.test(rest.type) && !odd ? Buffer.alloc(0) : rest.content,
    }))
  // A pax or GNU header with a long name for the entry after it.
  const renamed = fc
    .record({
      type: fc.constantFrom('x', 'L', 'K', 'g'),
      key: weighted(
        [9, 'path', 'linkpath'],
        [1, 'size', 'mtime', 'GNU.sparse.name', '__proto__'],
        [1, 'SCHILY.xattr.user.a', 'SCHILY.xattr.security.capability', 'SCHILY.acl.access'],
      ),
      lie: usually(0, 1, -1, 9999),
      value: target,
      next: entry,
    })
    .map(({ type, key, lie, value, next }) => {
      const content = Buffer.from(/[xg]/.test(type) ? record(key, value, lie) : `${value}\0`)
      return [{ ...next, name: 'extended', type, link: '', size: undefined, content }, next]
    })
  const entries = fc.array(
    fc.oneof(
      { weight: 9, arbitrary: entry.map((one) => [one]) },
      { weight: 1, arbitrary: renamed },
    ),
    { maxLength: 8 },
  )
  const damage = fc.oneof(
    { weight: 9, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.boolean() }) },
  )
  return fc
    .tuple(entries, usually(1024, 0, 512), damage, fc.boolean())
    .map(([lists, end, harm, gzip]) => {
      const plain = tar(lists.flat(), end)
      return damaged(gzip ? gzipSync(plain) : plain, harm)
    })
}

function damaged(bytes: Buffer, harm: { at: number; byte: number; cut: boolean } | null): Buffer {
  if (harm === null || bytes.length === 0) return bytes
  const at = harm.at % bytes.length
  if (harm.cut) return bytes.subarray(0, at)
  bytes[at] = harm.byte
  return bytes
}
