/** The known word that a person most likely meant, or null where none is near. */
export function nearestWord(given: string, known: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(given.length / 3))
  const ranked = known.map((word) => ({ word, distance: editDistance(given, word) })).sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= limit ? best.word : null
}

/** Insertions, deletions and replacements between two words (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [index, character] of [...a].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= b.length; column++)
      next[column] = Math.min(
        (row[column] as number) + 1,
        (next[column - 1] as number) + 1,
        (row[column - 1] as number) + (character === b[column - 1] ? 0 : 1),
      )
    row = next
  }
  return row[b.length] as number
}
