import { compareText } from '@sanctum/contracts'

/** Up to three of the known names that somebody who wrote `name` may have meant, nearest first. */
export function nearestNames(name: string, known: Iterable<string>): string[] {
  const bound = Math.min(3, Math.max(1, Math.floor(name.length / 3)))
  return [...known]
    .map((candidate) => ({ candidate, distance: distanceOf(name, candidate, bound) }))
    .filter(({ distance }) => distance <= bound)
    .sort((a, b) => a.distance - b.distance || compareText(a.candidate, b.candidate))
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}

/** ` Did you mean a or b?`, or nothing. */
export function didYouMean(near: readonly string[]): string {
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
}

/** Edits, with neighbours swapped as one; a change of case or of - and _ costs nothing. Anything above the bound is bound + 1. */
function distanceOf(a: string, b: string, bound: number): number {
  const [from, to] = [normalise(a), normalise(b)]
  if (Math.abs(from.length - to.length) > bound) return bound + 1
  let [before, last] = [[] as number[], Array.from({ length: to.length + 1 }, (_, index) => index)]
  for (let row = 1; row <= from.length; row++) {
    const next = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1
      let least = Math.min((last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + same)
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1])
        least = Math.min(least, (before[column - 2] ?? 0) + 1)
      next.push(least)
    }
    ;[before, last] = [last, next]
  }
  return last[to.length] ?? bound + 1
}

function normalise(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}
