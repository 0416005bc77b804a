/** Up to three of the known names that somebody who wrote `name` may have meant, nearest first. */
export function nearestNames(name: string, known: Iterable<string>): string[] {
  const most = Math.min(3, Math.max(1, Math.floor(name.length / 3)))
  return (
    [...known]
      .map((candidate) => ({ candidate, edits: countEdits(name, candidate, most) }))
      .filter(({ edits }) => edits <= most)
      // Written out, since a help wants this module and none of those that compare texts.
      .sort((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1))
      .slice(0, 3)
      .map(({ candidate }) => candidate)
  )
}

/** ` Did you mean a or b?`, or nothing. */
export function didYouMean(near: readonly string[]): string {
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
}

/**
 * Letters to insert, delete or replace, and neighbours to swap, between two names; a change of case or of - and _ costs nothing.
 * It stops counting above `most` and says `most + 1`.
 */
export function countEdits(a: string, b: string, most: number): number {
  const [from, to] = [toPlain(a), toPlain(b)]
  if (Math.abs(from.length - to.length) > most) return most + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) row.push(cheapest(from, to, [i, j], { row, last, beforeLast }))
    if (Math.min(...row) > most) return most + 1
    beforeLast = last
    last = row
  }
  return Math.min(last[to.length] as number, most + 1)
}

interface Rows {
  readonly row: readonly number[]
  readonly last: readonly number[]
  readonly beforeLast: readonly number[]
}

function cheapest(from: string, to: string, [i, j]: readonly [number, number], { row, last, beforeLast }: Rows): number {
  const isSame = from[i - 1] === to[j - 1]
  const cost = Math.min((row[j - 1] as number) + 1, (last[j] as number) + 1, (last[j - 1] as number) + (isSame ? 0 : 1))
  const isSwap = !isSame && i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
  return isSwap ? Math.min(cost, (beforeLast[j - 2] as number) + 1) : cost
}

function toPlain(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}
