// The outcome as tables: a title, a head, rows of words, and what has to be said about them.
import { phases as allPhases } from './phases.mjs'

/** In the order in which they are shown. The first column is words, all others are numbers. */
export function tables(outcome) {
  return [times(outcome), spent(outcome), held(outcome), growth(outcome)].filter(
    ({ rows }) => rows.length,
  )
}

function times({ results, leftOut, rounds }) {
  const reference = results.find(({ kind }) => kind === 'go run')?.ms.median
  return {
    title: `A whole run of \`/bin/echo up\`, ${rounds} interleaved rounds`,
    head: ['', 'first output, ms', 'whole, ms', 'least', 'most', '× go run', 'peak MiB'],
    rows: results.map(({ name, ms, firstOutput, peakKiB }) => [
      name,
      firstOutput === undefined ? '-' : whole(firstOutput),
      ...[ms.median, ms.least, ms.most].map(whole),
      reference ? (ms.median / reference).toFixed(2) : '-',
      mebibytes(peakKiB),
    ]),
    notes: [
      'Medians. A step is run as `npm start` does, with what the set-up has compiled; "with tsx" is the command that `npm run step` shows. Peak memory is that of the largest process among all that took part, compilers included.',
      ...leftOut.map(
        ({ name, why }) => `Left out: ${name}: ${why.split('\n').slice(0, 2).join('; ')}`,
      ),
    ],
  }
}

function spent({ phases }) {
  return {
    title: 'What the time goes into, ms',
    head: ['', ...allPhases.map(({ name }) => name), 'first output after'],
    rows: phases.map(({ name, spent }) => [
      name,
      ...spent.map((ms) => ms.toFixed(1)),
      untilOutput(spent).toFixed(1),
    ]),
    notes: [
      'Medians of each phase. They are seen from outside, by a module that is preloaded into both Nodes and marks the calls of the addon; it takes about 1 ms itself.',
    ],
  }
}

function held({ growth }) {
  return {
    title: 'What stays on the host while one container runs',
    head: ['', 'processes', 'MiB (Pss)'],
    rows: growth
      .filter(({ size, heldKiB }) => size === 1 && heldKiB !== undefined)
      .map(({ name, processes, heldKiB }) => [name, processes.toFixed(0), mebibytes(heldKiB)]),
    notes: ['The command itself is not counted.'],
  }
}

function growth({ growth }) {
  const many = growth
    .filter(({ name }) => growth.some((other) => other.name === name && other.size > 1))
    .toSorted((a, b) => order(growth, a) - order(growth, b))
  return {
    title: 'Many containers at once',
    head: ['', 'how many', 'all started, s', 'each, ms', 'all ended, s', 'MiB each (Pss)'],
    rows: many.map(({ name, size, startMs, endMs, heldKiB, problem }) =>
      startMs === undefined
        ? [`${name}: ${problem.split('\n')[0]}`, `${size}`, '-', '-', '-', '-']
        : [
            name,
            `${size}`,
            seconds(startMs),
            whole(startMs / size),
            seconds(endMs),
            mebibytes(heldKiB),
          ],
    ),
    notes: ['Memory is what stays beside the commands, divided by their number.'],
  }
}

// The sizes of one program follow each other.
const order = (growth, { name }) => growth.findIndex((one) => one.name === name)

/** The last phase is what comes after the first output. */
const untilOutput = (spent) => spent.slice(0, -1).reduce((a, b) => a + b, 0)

const whole = (ms) => ms.toFixed(0)
const seconds = (ms) => (ms / 1000).toFixed(2)
const mebibytes = (kibibytes) => (kibibytes === undefined ? '-' : (kibibytes / 1024).toFixed(1))
