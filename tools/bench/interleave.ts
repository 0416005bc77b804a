/** What is measured in turn with the others: untimed preparation, then one number. */
export interface Contender {
  readonly before?: () => void
  readonly run: () => number
}

/**
 * Runs the contenders round after round and turns the order about each time, so that a noisy minute, a warm cache and the place
 * in the order hit all alike. One round before the first is thrown away. Who is null is not there, and has no numbers.
 */
export function interleave<Name extends string>(
  contenders: Readonly<Record<Name, Contender | null>>,
  rounds: number,
): Readonly<Record<Name, readonly number[]>> {
  const entries = Object.entries(contenders) as [Name, Contender | null][]
  const measured = Object.fromEntries(entries.map(([name]) => [name, [] as number[]])) as Record<Name, number[]>
  for (let index = -1; index < rounds; index++) {
    for (const [name, contender] of index % 2 === 0 ? entries : entries.toReversed()) {
      if (contender === null) continue
      contender.before?.()
      const value = contender.run()
      if (index >= 0) measured[name].push(value)
    }
  }
  return measured
}
