import { nearestNames } from '@sanctum/contracts'

/** The known word that a person most likely meant, or null where none is near. */
export function nearestWord(given: string, known: Iterable<string>): string | null {
  return nearestNames(given, known)[0] ?? null
}
