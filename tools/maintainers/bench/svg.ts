// The phases of each step, and beside them the other programs, as a picture.
import { type Outcome, sum } from './outcome'
import { phases } from './phases'

const start = '#5a5a5a'
const end = '#b3b3b3'

const [left, right, top, row, bar] = [250, 80, 64, 22, 15] as const
const width = 1000
const label = 'How long each program takes to start a container, in milliseconds'
const look = `font-family="sans-serif" font-size="12" role="img" aria-label="${label}"`

type Row = { name: string; parts: { ms: number; colour: string }[] }

/** One bar for each program. Those of the steps consist of their phases. */
export function svg({ results }: Outcome): string {
  const shown = results.filter(({ kind }) => kind !== 'start')
  const rows = shown.map(({ name, ms, spent, firstOutput = ms.median }): Row => {
    if (spent) return { name, parts: spent.map((ms, i) => ({ ms, colour: phases[i].colour })) }
    const rest = Math.max(0, ms.median - firstOutput)
    return {
      name,
      parts: [
        { ms: firstOutput, colour: start },
        { ms: rest, colour: end },
      ],
    }
  })
  const height = top + rows.length * row + 40
  const scale = (width - left - right) / Math.max(...rows.map(total))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ${look}>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...legend(),
    ...axis(scale, height),
    ...rows.flatMap((one, i) => drawn(one, top + i * row, scale)),
    '</svg>\n',
  ].join('\n')
}

const total = ({ parts }: Row) => sum(parts.map(({ ms }) => ms))

const rect = (x: number, y: number, width: number, height: number, colour: string) =>
  `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${height}" fill="${colour}"/>`

const text = (x: number, y: number, anchor: string, words: string) =>
  `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${escaped(words)}</text>`

function drawn(one: Row, y: number, scale: number): string[] {
  let x: number = left
  const bars = one.parts
    .filter(({ ms }) => ms > 0)
    .map(({ ms, colour }) => {
      x += ms * scale
      return rect(x - ms * scale, y, ms * scale, bar, colour)
    })
  return [
    text(left - 8, y + 12, 'end', one.name),
    ...bars,
    text(x + 6, y + 12, 'start', `${total(one).toFixed(0)} ms`),
  ]
}

function legend(): string[] {
  const others = { name: 'others, first output', colour: start }
  return [...phases, others].flatMap(({ name, colour }, i) => {
    const [x, y] = [10 + (i % 5) * 200, 10 + Math.floor(i / 5) * 20]
    return [rect(x, y, 12, 12, colour), text(x + 18, y + 11, 'start', name)]
  })
}

/** A line every 50 ms, or less often where there's no room. */
function axis(scale: number, height: number): string[] {
  const step = [10, 50, 100, 200, 500, 1000].find((ms) => ms * scale > 50) ?? 2000
  const lines = Math.floor((width - left - right) / scale / step)
  return Array.from({ length: lines + 1 }, (_, i) => {
    const x = left + i * step * scale
    const line = `<path d="M${x.toFixed(1)} ${top - 4}V${height - 32}" stroke="#ddd"/>`
    return line + text(x, height - 16, 'middle', `${i * step}`)
  })
}

const escaped = (words: string) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
