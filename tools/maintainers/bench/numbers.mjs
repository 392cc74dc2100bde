// Small statistics.

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2
}

export const sum = (numbers) => numbers.reduce((a, b) => a + b, 0)
