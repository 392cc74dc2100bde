// The shapes of the deck's pictures. They say what a shape means; theme.css says how it looks.
import { escapeHtml } from './html'

/** `description` is the picture in words. Its drawing area is 1160 wide. */
export type Picture = { description: string; height: number; shapes: string[] }

export const width = 1160

export const picture = (description: string, height: number, ...shapes: string[]): Picture => ({
  description,
  height,
  shapes,
})

/** Shapes that come together: a live deck shows the first, 0, at a key press, then the next. */
export const step = (number: number, ...shapes: string[]) =>
  `<g data-step="${number}">${shapes.join('')}</g>`

type Box = [x: number, y: number, width: number, height: number]

const rect = ([x, y, width, height]: Box, radius: number) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`

/** A line of text; `at` is start, middle or end. */
export const text = (x: number, y: number, words: string, kind = '', anchor = 'start') =>
  `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escapeHtml(words)}</text>`

const titled = (kind: string, box: Box, radius: number, title: string) =>
  `<g class="${kind}">${rect(box, radius)}${text(box[0] + 18, box[1] + 30, title, 'title')}</g>`

/** The host, around everything. */
export const host = (...box: Box) => titled('host', box, 14, 'host')

/** The boundary of a container, or of one namespace. */
export const boundary = (title: string, ...box: Box) => titled('boundary', box, 18, title)

/** A process: its name, and below that a detail such as its ids. */
export function process(
  name: string,
  detail: string,
  x: number,
  y: number,
  width = 190,
  kind = '',
): string {
  const height = detail ? 70 : 48
  const middle = x + width / 2
  return (
    `<g class="process ${kind}">${rect([x, y, width, height], height / 2)}` +
    `${text(middle, y + 31, name, 'name', 'middle')}${detail ? text(middle, y + 55, detail, 'detail', 'middle') : ''}</g>`
  )
}

/** A file, or something in the kernel: kind is mount, file, cgroup, net, ipc or kernel. */
export function thing(
  kind: string,
  name: string,
  detail: string,
  x: number,
  y: number,
  width = 190,
): string {
  const height = detail ? 68 : 46
  return (
    `<g class="thing ${kind}">${rect([x, y, width, height], 8)}` +
    `${text(x + width / 2, y + 30, name, 'name', 'middle')}${detail ? text(x + width / 2, y + 54, detail, 'detail', 'middle') : ''}</g>`
  )
}

/** A frame around things, such as a cgroup around processes. */
export const frame = (kind: string, title: string, ...box: Box) =>
  titled(`frame ${kind}`, box, 10, title)

/** An arrow along points, with words beside its middle. Kind is empty, denied or wire. */
export function arrow(
  points: [number, number][],
  words = '',
  kind = '',
  offset: [number, number] = [0, -12],
): string {
  const path = points.map(([x, y], index) => `${index ? 'L' : 'M'}${x} ${y}`).join(' ')
  const [[x1, y1], [x2, y2]] = points.slice(Math.max(0, points.length / 2 - 1))
  const label = words
    ? text((x1 + x2) / 2 + offset[0], (y1 + y2) / 2 + offset[1], words, 'label', 'middle')
    : ''
  return `<g class="arrow ${kind}"><path d="${path}"/>${kind === 'wire' ? '' : head(points)}${label}</g>`
}

// Drawn by hand: an SVG marker needs an id, which would appear twice on the page.
function head(points: [number, number][]): string {
  const [[x1, y1], [x2, y2]] = points.slice(-2)
  const angle = Math.atan2(y2 - y1, x2 - x1)
  const wing = (turn: number) =>
    `${(x2 - 14 * Math.cos(angle + turn)).toFixed(1)} ${(y2 - 14 * Math.sin(angle + turn)).toFixed(1)}`
  return `<path class="head" d="M${wing(0.45)} L${x2} ${y2} L${wing(-0.45)} Z"/>`
}

/** A cross: what doesn't work. */
export const cross = (x: number, y: number) =>
  `<g class="cross"><path d="M${x - 11} ${y - 11} L${x + 11} ${y + 11} M${x - 11} ${y + 11} L${x + 11} ${y - 11}"/></g>`
