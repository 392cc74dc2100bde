// Compares printed output, with its wildcards, to what a terminal showed.

export type Comparison =
  | { ok: true }
  /** The index of the first printed line that doesn't fit, and what the terminal showed there. */
  | { ok: false; index: number; expected: string | undefined; got: string | undefined }

/** Wildcards such as `<pid>`, for what differs from run to run and from machine to machine. */
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
  // What the launcher prints before Node's arguments: with sudo for an ordinary user.
  node: '(?:sudo )?(?:env (?:\\w+=\\S* )*)?/.*?',
  any: '.+?',
}

/** Whether two lines are the same, apart from wildcards and the width of spaces. */
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
    'd',
  )

function wildcard(part: string): string | undefined {
  const known = /^<[a-z]+>$/.test(part) ? wildcards[part.slice(1, -1)] : undefined
  return known && `(${known})`
}

/** The parts of a line that wildcards stand for, if the line fits. */
export const differing = (expected: string, got: string) =>
  pattern(expected).exec(got.trimEnd())?.indices?.slice(1) as [number, number][] | undefined

const escapeForRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

const isGap = (line: string | undefined) => line?.trim() === '...'

/** Compares line by line; `...` alone on a line stands for any number of lines, or none. */
export function compare(expected: string[], got: string[]): Comparison {
  const [ok, index, line] = furthest(expected, got)
  return ok ? { ok } : { ok, index, expected: expected[index], got: got[line] }
}

// If no way through fits, the one that got furthest in the printed lines tells most.
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
    if (isGap(expected[index])) {
      if (line < got.length) ways.push([index, line + 1])
      ways.push([index + 1, line])
    } else if (index < expected.length && line < got.length && matches(expected[index], got[line]))
      ways.push([index + 1, line + 1])
  }
  return best
}

/** What `npm run docs` writes: the output, in the printed words wherever they fit. */
export function merge(expected: string[], got: string[]): string[] {
  // A gap at the end stays, if what comes before it has kept its number of lines.
  const head = expected.length - 1
  if (isGap(expected[head])) return [...merge(expected.slice(0, head), got.slice(0, head)), '...']
  let from = 0
  return got.map((line) => {
    const index = expected.findIndex((printed, at) => at >= from && matches(printed, line))
    if (index < 0) return line.trimEnd()
    from = index + 1
    return expected[index]
  })
}
