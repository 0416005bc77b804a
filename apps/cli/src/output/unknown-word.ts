import { UsageProblem } from '../command.ts'
import { nearestWord } from './nearest-word.ts'

interface Known {
  /** What it would be the name of. */
  readonly what: string
  readonly words: Iterable<string>
  /** What to type where none of them is near. */
  readonly otherwise: string
}

/** A word was typed that nobody knows; one that is near is asked back. */
export function unknownWord(given: string, { what, words, otherwise }: Known): UsageProblem {
  const near = nearestWord(given, words)
  return new UsageProblem(`there is no ${what} ${given}`, near === null ? otherwise : `Did you mean ${near}?`)
}

/** One word of a closed set. */
function chooseWord<T extends string>(given: string, what: string, words: readonly T[]): T {
  const known = words.find((word) => word === given)
  if (known !== undefined) return known
  throw unknownWord(given, { what, words, otherwise: `Use one of ${words.join(', ')}.` })
}

/** The words of an option that may be given several times; none where it was not. */
export function chooseWords<T extends string>(given: unknown, what: string, words: readonly T[]): readonly T[] {
  return Array.isArray(given) ? (given as string[]).map((name) => chooseWord(name, what, words)) : []
}
