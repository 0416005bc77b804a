/** Finds the word that was probably meant. */
export type Nearest = (text: string, candidates: Iterable<string>) => string | null

/**
 * A finder that gives up after so many comparisons: a file with thousands of wrong words must not cost
 * thousands times thousands.
 */
export function createNearest(comparisons = 20_000): Nearest {
  let left = comparisons
  return (text, candidates) => {
    if (text.length > 64) return null
    const wanted = toPlain(text)
    const limit = Math.max(1, Math.floor(wanted.length / 3))
    let best: string | null = null
    let bestDistance = limit + 1
    for (const candidate of candidates) {
      if (left <= 0) break
      if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue
      left -= 1
      const distance = measureDistance(wanted, toPlain(candidate), bestDistance)
      if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
    }
    return best
  }
}

/** `did you mean x?`, or another sentence where nothing is near. */
export function suggest(nearest: Nearest, text: string, candidates: Iterable<string>, otherwise: string): string {
  const found = nearest(text, candidates)
  return found === null ? otherwise : `Did you mean ${found}?`
}

function toPlain(text: string): string {
  return text.toLowerCase().replaceAll('_', '-')
}

/** Insertions, deletions, substitutions and swaps of neighbours between two words; stops at the limit. */
function measureDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let smallest = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((row[j - 1] as number) + 1, (last[j] as number) + 1, (last[j - 1] as number) + (same ? 0 : 1))
      if (!same && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (beforeLast[j - 2] as number) + 1)
      row.push(cost)
      smallest = Math.min(smallest, cost)
    }
    if (smallest >= limit) return limit
    beforeLast = last
    last = row
  }
  return last[b.length] as number
}
