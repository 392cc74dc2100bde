// The root file system: whether it's there, and what containers have left in it.
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { at } from '../../project.mjs'
import { failure, ok, warning } from '../finding.mjs'

export function rootfs() {
  const folder = process.env.ROOTFS ?? at('rootfs', 'busybox')
  if (!existsSync(`${folder}/bin/sh`)) {
    const fix = process.env.ROOTFS ? 'unset ROOTFS' : 'npm run rootfs'
    return [failure('rootfs', 5, `there's no ${folder}/bin/sh`, fix)]
  }
  const left = process.env.ROOTFS ? [] : leftIn(folder)
  if (left.length === 0) return [ok('rootfs', folder)]
  const saw = `containers have left files in ${folder}: ${someOf(left)}`
  return [warning('rootfs', saw, 'npm run rootfs -- --force makes it anew, without them')]
}

const MOST = 5

function someOf(names) {
  const more = names.length - MOST
  return [...names.slice(0, MOST), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

// To make it takes seconds.
const MINUTE = 60_000

/** What was made there, or written to, long after the rest, as paths in a container. */
function leftIn(folder) {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const stats = lstatSync(`${folder}/${name}`, { throwIfNoEntry: false })
    return stats ? [{ name, stats }] : []
  })
  const made = Math.min(...entries.map(({ stats }) => stats.birthtimeMs))
  // A directory is written to whenever something comes or goes in it.
  const changed = (stats) => Math.max(stats.birthtimeMs, stats.isDirectory() ? 0 : stats.mtimeMs)
  return entries
    .filter(({ stats }) => changed(stats) > made + MINUTE)
    .map(({ name }) => `/${name}`)
    .sort()
}
