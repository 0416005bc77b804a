import { countEdits } from '@sanctum/contracts'

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
    let best: string | null = null
    let fewest = Math.max(1, Math.floor(text.length / 3)) + 1
    for (const candidate of candidates) {
      if (left <= 0) break
      if (Math.abs(candidate.length - text.length) >= fewest) continue
      left -= 1
      const edits = countEdits(text, candidate, fewest - 1)
      if (edits < fewest) [best, fewest] = [candidate, edits]
    }
    return best
  }
}

/** `did you mean x?`, or another sentence where nothing is near. */
export function suggest(nearest: Nearest, text: string, candidates: Iterable<string>, otherwise: string): string {
  const found = nearest(text, candidates)
  return found === null ? otherwise : `Did you mean ${found}?`
}
