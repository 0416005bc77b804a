/** What differs first, as lines of the expected output count from 0; null where all fits. */
export interface Mismatch {
  readonly index: number
  readonly expected: string | null
  readonly observed: string | null
}

/** Any text in a line; alone on a line, any number of lines. */
const ANYTHING = '…'

/** Holds printed text against the output of a page. Spaces at the ends of lines and empty lines at the ends are not looked at. */
export function matchOutput(expected: string, observed: string): Mismatch | null {
  const wanted = toLines(expected)
  const seen = toLines(observed)
  const patterns = wanted.map((line) => (line.trim() === ANYTHING ? null : toPattern(line)))
  // reached[j]: the first i lines of what is wanted take exactly the first j lines of what was seen.
  let reached = new Set([0])
  for (const [index, pattern] of patterns.entries()) {
    const next = pattern === null ? allFrom(Math.min(...reached), seen.length) : advance(reached, seen, pattern)
    if (next.size === 0) return { index, expected: wanted[index] ?? null, observed: seen[Math.max(...reached)] ?? null }
    reached = next
  }
  return reached.has(seen.length) ? null : { index: wanted.length, expected: null, observed: seen[Math.max(...reached)] ?? null }
}

function toLines(text: string): readonly string[] {
  const trimmed = text.replace(/^(?:[ \t]*\n)+/, '').trimEnd()
  return trimmed === '' ? [] : trimmed.split('\n').map((line) => line.trimEnd())
}

function toPattern(line: string): RegExp {
  return new RegExp(`^${line.split(ANYTHING).map(toLiteral).join('.*')}$`, 'u')
}

function toLiteral(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function advance(reached: ReadonlySet<number>, seen: readonly string[], pattern: RegExp): Set<number> {
  return new Set([...reached].filter((at) => at < seen.length && pattern.test(seen[at] as string)).map((at) => at + 1))
}

function allFrom(first: number, last: number): Set<number> {
  return new Set(Array.from({ length: last - first + 1 }, (_, step) => first + step))
}
