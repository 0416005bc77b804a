import { judgeText } from '../judge-text.ts'

/** The first text anywhere in a plain value that no UTF-8 file can hold; null if all can be written. */
export function findUnwritable(value: unknown): string | null {
  if (typeof value === 'string') return judgeText(value, 'file') === null ? null : value
  if (typeof value !== 'object' || value === null) return null
  for (const [key, each] of Object.entries(value)) {
    const found = findUnwritable(key) ?? findUnwritable(each)
    if (found !== null) return found
  }
  return null
}
