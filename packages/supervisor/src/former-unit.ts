/**
 * What a unit is called that belonged to a service which has another unit by now: no service, so that whoever lists or stops services
 * meets it as a stranger of its own and never takes it for the unit that counts.
 */
export function toFormerId(service: string, unit: string): string {
  return `${service} as ${toBaseName(unit)}`
}

/** The service that a former unit belonged to; null for any other name. */
export function parseFormerId(id: string): string | null {
  return /^(\S+) as \S+$/.exec(id)?.[1] ?? null
}

/** A service and its timer are one unit of Sanctum. */
export function toBaseName(unit: string): string {
  return unit.replace(/\.(service|timer)$/, '')
}
