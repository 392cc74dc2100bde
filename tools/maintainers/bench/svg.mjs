// The phases of each step, and beside them the other programs, as a picture.
import { sum } from './numbers.mjs'
import { phases } from './phases.mjs'

// Colours that most people can tell apart; the two starts of Node are kin, and so are the two loads.
const colours = [
  '#0072b2',
  '#e69f00',
  '#000000',
  '#009e73',
  '#56b4e9',
  '#f0d442',
  '#cc79a7',
  '#d55e00',
  '#b3b3b3',
]
const start = '#5a5a5a'
const end = colours.at(-1)

const [left, right, top, row, bar] = [250, 80, 64, 22, 15]
const width = 1000

/** One bar for each program. Those of the steps consist of their phases. */
export function svg({ phases: steps, results }) {
  const others = results.filter(({ kind }) => kind === 'other' || kind === 'go run')
  const rows = [
    ...steps.map(({ name, spent }) => ({
      name,
      parts: spent.map((ms, i) => ({ ms, colour: colours[i] })),
    })),
    ...others.map(({ name, ms, firstOutput = ms.median }) => ({
      name,
      parts: [
        { ms: firstOutput, colour: start },
        { ms: ms.median - firstOutput, colour: end },
      ],
    })),
  ]
  const height = top + rows.length * row + 40
  const scale = (width - left - right) / Math.max(...rows.map(total))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="How long each program takes to start a container, in milliseconds">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...legend(),
    ...axis(scale, height),
    ...rows.flatMap((one, i) => drawn(one, top + i * row, scale)),
    '</svg>\n',
  ].join('\n')
}

const total = ({ parts }) => sum(parts.map(({ ms }) => ms))

function drawn(one, y, scale) {
  let x = left
  const rects = one.parts
    .filter(({ ms }) => ms > 0)
    .map(({ ms, colour }) => {
      const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${(ms * scale).toFixed(1)}" height="${bar}" fill="${colour}"/>`
      x += ms * scale
      return rect
    })
  return [
    `<text x="${left - 8}" y="${y + 12}" text-anchor="end">${escaped(one.name)}</text>`,
    ...rects,
    `<text x="${(x + 6).toFixed(1)}" y="${y + 12}">${total(one).toFixed(0)} ms</text>`,
  ]
}

function legend() {
  const items = [
    ...phases.map(({ name }, i) => [name, colours[i]]),
    ['others, first output', start],
  ]
  const columns = 5
  return items.flatMap(([name, colour], i) => {
    const [x, y] = [10 + (i % columns) * 200, 10 + Math.floor(i / columns) * 20]
    return [
      `<rect x="${x}" y="${y}" width="12" height="12" fill="${colour}"/>`,
      `<text x="${x + 18}" y="${y + 11}">${escaped(name)}</text>`,
    ]
  })
}

// A line every 50 ms, or less often where there is no room.
function axis(scale, height) {
  const step = [10, 50, 100, 200, 500, 1000].find((ms) => ms * scale > 50) ?? 2000
  const lines = Math.floor((width - left - right) / scale / step)
  return Array.from({ length: lines + 1 }, (_, i) => {
    const x = (left + i * step * scale).toFixed(1)
    return `<path d="M${x} ${top - 4}V${height - 32}" stroke="#ddd"/><text x="${x}" y="${height - 16}" text-anchor="middle">${i * step}</text>`
  })
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
