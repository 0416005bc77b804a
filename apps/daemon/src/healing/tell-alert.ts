/** What people are told: of an incident that does not end by itself, or of several that were held back. */
export interface Alert {
  readonly atMs: number
  /** Of the incident, or of a lease that was not kept; null where it is neither, or several. */
  readonly incident: string | null
  readonly service: string
  /** 0 to 4, as the catalog gives it; the higher, the sooner somebody should look. */
  readonly level: number
  /** How often it was told, this time included. */
  readonly count: number
  readonly why: string
  /** What to type to know more. */
  readonly next: string
}

/** One line for a person: since when, what, and what to type. */
export function tellAlert({ atMs, service, level, count, why, next }: Alert): string {
  const again = count > 1 ? `, told ${count} times` : ''
  return `${new Date(atMs).toISOString()}  level ${level}${again}  ${service}: ${why}. ${next}`
}
