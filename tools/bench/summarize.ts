export interface Summary {
  readonly median: number
  readonly min: number
  readonly p90: number
  readonly count: number
}

/** Of at least one value. The median of an even count is the mean of the two in the middle. */
export function summarize(values: readonly number[]): Summary {
  if (values.length === 0) throw new Error('nothing was measured')
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number) => sorted[index] as number
  const middle = (sorted.length - 1) / 2
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    p90: at(Math.ceil(sorted.length * 0.9) - 1),
    count: sorted.length,
  }
}

/** The same figures in another unit. */
export function scaleSummary({ median, min, p90, count }: Summary, factor: number): Summary {
  return { median: median * factor, min: min * factor, p90: p90 * factor, count }
}
