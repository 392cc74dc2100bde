// What the bench measures, and what comes of it.

/** `start` is Node alone, `tsx` a step as typed by hand, `step` as `npm start` runs it. */
export type Candidate = {
  kind: 'start' | 'step' | 'tsx' | 'go run' | 'other'
  name: string
  /** The version of the Node that runs it. */
  node?: string
  env?: Record<string, string>
  /** The command line that runs `argv` in a container; `id` differs for those that run at once. */
  command(argv: string[], id?: number): string[]
}

export type Named = Pick<Candidate, 'kind' | 'name'>

/** Undefined is what a program doesn't have, or this machine can't tell. */
export type Result = Named & {
  ms: { median: number; least: number; most: number }
  firstOutput?: number
  peakKiB?: number
  /** The ms of each phase of a step. */
  spent?: number[]
}

export type Grown = {
  name: string
  size: number
  startMs?: number
  endMs?: number
  processes?: number
  heldKiB?: number
  problem?: string
}

export type Outcome = {
  machine: string[][]
  /** How often each program ran. */
  runs: number
  results: Result[]
  leftOut: (Named & { why: string })[]
  growth: Grown[]
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2
}

export const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0)
