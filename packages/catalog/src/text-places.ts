import type { Position } from '@sanctum/contracts'

/** Turns an offset in a text into a place of a file. */
export type ToPosition = (offset: number) => Position

/** Lines end with LF or CRLF; a byte order mark at the start has no column. */
export function createTextPlaces(text: string, file: string): ToPosition {
  const starts = [0]
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) starts.push(index + 1)
  const mark = text.startsWith('\uFEFF') ? 1 : 0
  return (offset) => {
    const inside = Math.max(0, Math.min(offset, text.length))
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= inside) low = middle
      else high = middle - 1
    }
    return { file, line: low + 1, column: Math.max(1, inside - (starts[low] as number) + 1 - (low === 0 ? mark : 0)) }
  }
}
