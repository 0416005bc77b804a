/** Which of the managers of a machine has a unit. */
export type UnitDomain = 'system' | 'user'

export interface FormerUnit {
  readonly service: string
  readonly unit: string
  readonly domain?: UnitDomain | undefined
}

/**
 * What a unit is called that belonged to a service which has another unit by now, or has it in another domain: no service, so that
 * whoever lists or stops services meets it as a stranger of its own and never takes it for the unit that counts.
 */
export function toFormerId({ service, unit, domain }: FormerUnit, now: { readonly domain?: UnitDomain | undefined }): string {
  const elsewhere = domain === undefined || now.domain === undefined || domain === now.domain ? '' : ` in ${domain}`
  return `${service} as ${toBaseName(unit)}${elsewhere}`
}

/** The service that a former unit belonged to; null for any other name. */
export function parseFormerId(id: string): string | null {
  return /^(\S+) as \S+(?: in (?:system|user))?$/.exec(id)?.[1] ?? null
}

/** Two names of one unit, in one domain as far as both say. A service and its timer are one. */
export function isSameUnit(a: Omit<FormerUnit, 'service'>, b: Omit<FormerUnit, 'service'>): boolean {
  if (toBaseName(a.unit) !== toBaseName(b.unit)) return false
  return a.domain === undefined || b.domain === undefined || a.domain === b.domain
}

/** A service and its timer are one unit of Sanctum. */
export function toBaseName(unit: string): string {
  return unit.replace(/\.(service|timer)$/, '')
}
