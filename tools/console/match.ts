// Printed output against what a terminal showed.

export type Comparison =
  | { ok: true }
  /** The index of the first printed line that fits nothing, and what was there instead; undefined behind the end. */
  | { ok: false; index: number; expected: string | undefined; got: string | undefined }

/** Named wildcards for what differs from run to run and from machine to machine. */
export const wildcards: Record<string, string> = {
  pid: '\\d+',
  inode: '\\d+',
  number: '\\d+(?:\\.\\d+)?',
  time: '\\d+(?:[.:]\\d+)*(?: ?m?s)?',
  id: '[0-9a-fA-F:]+',
  address: '\\d+\\.\\d+\\.\\d+\\.\\d+',
  host: '[\\w.-]+',
  user: '[\\w.-]+',
  // The name of the host's first process.
  init: '[\\w.-]+',
  path: '/.*?',
  // What the launcher prints before the arguments of Node: with sudo for an ordinary user.
  node: '(?:sudo )?(?:env (?:\\w+=\\S* )*)?/.*?',
  any: '.+?',
}

/** Whether two texts are the same but for wildcards and the width of the space between words. */
export function matches(expected: string, got: string): boolean {
  return pattern(expected).test(got.trimEnd())
}

const pattern = (expected: string) =>
  new RegExp(
    `^${expected
      .trimEnd()
      .split(/(<[a-z]+>|\s+)/)
      .map((part) => wildcard(part) ?? (/^\s+$/.test(part) ? '\\s+' : escapeForRegExp(part)))
      .join('')}$`,
  )

const wildcard = (part: string) =>
  /^<[a-z]+>$/.test(part) ? wildcards[part.slice(1, -1)] : undefined
const escapeForRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Compares line by line; `...` alone on a line stands for any number of lines, also none. */
export function compare(expected: string[], got: string[]): Comparison {
  const [ok, index, line] = furthest(expected, got)
  return ok ? { ok } : { ok, index, expected: expected[index], got: got[line] }
}

// Where no way through is whole, the one that came furthest in what is printed tells most.
function furthest(expected: string[], got: string[]): [ok: boolean, index: number, line: number] {
  let best: [boolean, number, number] = [false, 0, 0]
  const tried = new Set<string>()
  const ways: [number, number][] = [[0, 0]]
  for (let way = ways.pop(); way; way = ways.pop()) {
    const [index, line] = way
    if (tried.has(`${way}`)) continue
    tried.add(`${way}`)
    if (index === expected.length && line === got.length) return [true, index, line]
    if (index > best[1] || (index === best[1] && line > best[2])) best = [false, index, line]
    if (expected[index]?.trim() === '...') {
      if (line < got.length) ways.push([index, line + 1])
      ways.push([index + 1, line])
    } else if (index < expected.length && line < got.length && matches(expected[index], got[line]))
      ways.push([index + 1, line + 1])
  }
  return best
}

/** The output as it was seen, in the printed words wherever these fit: what `npm run docs` writes. */
export function merge(expected: string[], got: string[]): string[] {
  let from = 0
  return got.map((line) => {
    const index = expected.findIndex((printed, at) => at >= from && matches(printed, line))
    if (index < 0) return line.trimEnd()
    from = index + 1
    return expected[index]
  })
}
