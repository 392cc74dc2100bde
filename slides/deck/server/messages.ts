// What page and server say to each other on a terminal's WebSocket. A terminal's output is binary.

/** Its subprotocol. The page's key comes along as another: a script can't set other headers. */
export const protocol = 'deck'

/** `id` asks for the terminal that the page had before a reload. */
export type Open = { type: 'open'; cols: number; rows: number; id?: string }

export type FromPage =
  | Open
  | { type: 'input'; data: string }
  | { type: 'resize'; cols: number; rows: number }
  /** This many more bytes of output are on the screen. */
  | { type: 'shown'; bytes: number }
  | { type: 'end' }

export type FromServer =
  /** With `past`, the first output is what was on the screen before. */
  | { type: 'ready'; id: string; past: boolean }
  | { type: 'ended'; status: number }
  | { type: 'refused'; reason: string }

/** The message in a frame, if it is one; nothing else of the frame is used. */
export function parseMessage(text: string): FromPage | undefined {
  const message = parseObject(text)
  const { type, cols, rows, id, data, bytes } = message
  switch (type) {
    case 'open':
      if (!isCols(cols) || !isRows(rows)) return undefined
      if (id === undefined) return { type, cols, rows }
      return isId(id) ? { type, cols, rows, id } : undefined
    case 'input':
      return typeof data === 'string' ? { type, data } : undefined
    case 'resize':
      return isCols(cols) && isRows(rows) ? { type, cols, rows } : undefined
    case 'shown':
      return isWhole(bytes, 0, 2 ** 31) ? { type, bytes } : undefined
    case 'end':
      return { type }
  }
  return undefined
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

const isWhole = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most
const isCols = (value: unknown): value is number => isWhole(value, 2, 500)
const isRows = (value: unknown): value is number => isWhole(value, 1, 200)
const isId = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{43}$/.test(value)
