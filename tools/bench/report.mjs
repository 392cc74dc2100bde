// The outcome as text.
import { cpus, release } from 'node:os'

/** The tables, and what their numbers mean. */
export function report({ rounds, results, leftOut, phases, running }) {
  const reference = results.find(({ kind }) => kind === 'go run')?.ms.median
  const times = results.map(({ name, ms, peakKiB }) => [
    name,
    ...[ms.median, ms.least, ms.most].map(whole),
    reference ? (ms.median / reference).toFixed(2) : '-',
    mebibytes(peakKiB),
  ])
  const spent = phases.map(({ what, node, nodeStart, tsx, secondStart, rest }) => [
    `${what}, Node ${node}`,
    ...[nodeStart, tsx, secondStart, rest].map(whole),
  ])
  const during = running.map(({ what, node, nodeProcesses, residentKiB }) => [
    `${what}, Node ${node}`,
    `${nodeProcesses}`,
    mebibytes(residentKiB),
  ])
  return [
    `Whole processes, from start to end, on ${cpus().length} × ${cpus()[0]?.model.trim()}, Linux ${release()}: ${rounds} interleaved rounds.`,
    table(['run /bin/true', 'median ms', 'least', 'most', '× go run', 'peak MiB'], times),
    'Peak memory is that of the largest process among all that took part (ru_maxrss), compilers included.',
    ...leftOut.map(({ name, why }) => `Left out: ${name}: ${why.split('\n').slice(0, 2).join('; ')}`),
    '\nWhat the median is spent on, in ms; estimated from the two starts that do nothing:',
    table(['', 'node start', 'tsx', 'second start', 'rest'], spent),
    '\nWhile the container runs:',
    table(['', 'Node processes', 'MiB (Pss)'], during),
  ].join('\n')
}

const whole = (ms) => ms.toFixed(0)
const mebibytes = (kibibytes) => (kibibytes === undefined ? '-' : (kibibytes / 1024).toFixed(1))

// The first column is words, all others are numbers.
function table(head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)))
  const line = (row) =>
    row.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ')
  return [head, ...rows].map((row) => line(row).trimEnd()).join('\n')
}
