// The mounts of this machine.
import { readFileSync } from 'node:fs'

/** The options of the mount that a path is on, those of its file system among them. */
export function mountOptions(path) {
  const above = mounts().filter(({ point }) => isBelow(path, point))
  // Of those on the same point, the last one is on top.
  const nearest = above.reduce((best, one) => (one.point.length < best.point.length ? best : one))
  return nearest.options
}

/** The mount that is on top at a mount point, if it is one. */
export const mountAt = (path) => mounts().findLast(({ point }) => point === path)

const mounts = () => readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n').map(parse)

function parse(line) {
  const [mount, fileSystem] = line.split(' - ')
  const [, , , , point, options] = mount.split(' ')
  const [type] = fileSystem.split(' ')
  return { point: unescaped(point), type, options: [...options.split(','), ...last(fileSystem)] }
}

const last = (fileSystem) => fileSystem.split(' ').slice(2).join(' ').split(',')

const isBelow = (path, point) =>
  path === point || path.startsWith(point === '/' ? point : `${point}/`)

// A space is \040.
const unescaped = (text) =>
  text.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))
