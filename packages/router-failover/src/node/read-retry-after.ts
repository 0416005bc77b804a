/** Seconds or a date; the latter is measured by the wall clock, which is all that it has. */
export function readRetryAfterMs(header: string | string[] | undefined, precise: string | string[] | undefined): number | null {
  if (typeof precise === 'string' && /^\d{1,9}$/.test(precise)) return Number(precise)
  if (typeof header !== 'string') return null
  if (/^\d{1,7}(\.\d+)?$/.test(header)) return Number(header) * 1000
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - Date.now())
}
