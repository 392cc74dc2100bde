// The first line where code, diffs, tables or links differ from where they come from.
export function generatedDrift(before: string, filled: string, file: string): string[] {
  const [old, now] = [before.split('\n'), filled.split('\n')]
  const length = Math.max(old.length, now.length)
  const at = Array.from({ length }, (_, index) => index).find((index) => old[index] !== now[index])
  if (at === undefined) return []
  const [expected, got] = [old[at], now[at]].map((line) => line ?? '(no more lines)')
  return [`${file}:${at + 1}:\n  expected: ${expected}\n       got: ${got}`]
}
