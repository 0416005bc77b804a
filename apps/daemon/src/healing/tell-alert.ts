/** What people are told: of an incident that does not end by itself, or of several that were held back. */
export interface Alert {
  readonly atMs: number
  /** Null for a sum of several. */
  readonly incident: string | null
  readonly service: string
  /** 0 to 4, as the catalog gives it; the higher, the sooner somebody should look. */
  readonly level: number
  /** How often it was told, this time included. */
  readonly count: number
  readonly why: string
}

/** One line for a person: since when, what, and what to type. */
export function tellAlert({ atMs, incident, service, level, count, why }: Alert): string {
  const again = count > 1 ? `, told ${count} times` : ''
  const next = incident === null ? 'sanctumctl incidents' : `sanctumctl explain ${incident}`
  return `${new Date(atMs).toISOString()}  level ${level}${again}  ${service}: ${why}. ${next}`
}
