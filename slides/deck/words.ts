// Which words of a line have changed: only where it has a counterpart that's much like it.
import { diffWordsWithSpace } from 'diff'

export type Range = [from: number, to: number]

/** For each line the ranges that its counterpart among the `others` doesn't have. */
export function wordsChanged(lines: string[], others: string[]): Range[][] {
  return lines.map((line) => {
    const compared = others
      .map((other) => compare(line, other))
      .sort((a, b) => b.likeness - a.likeness)
    return compared[0]?.likeness > 0.5 ? compared[0].ranges : []
  })
}

/** `likeness` is the part of the longer line that both have. */
function compare(line: string, other: string) {
  let [at, same] = [0, 0]
  const ranges: Range[] = []
  for (const { value, added, removed } of diffWordsWithSpace(other, line)) {
    if (removed) continue
    if (added) ranges.push([at, at + value.length])
    else same += value.trim().length
    at += value.length
  }
  return { ranges, likeness: same / Math.max(line.trim().length, other.trim().length, 1) }
}
