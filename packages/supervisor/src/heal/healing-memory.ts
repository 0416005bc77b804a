import { type HealBudget, type HealingDocument, healingDocument, type OpenIncident } from '@sanctum/contracts'

/** A healer that knows nothing yet. */
export function emptyHealing(nowMs: number): HealingDocument {
  return {
    schema_version: 1,
    at_ms: nowMs,
    incidents: [],
    quarantines: [],
    budgets: [],
    breaker: null,
    learned: [],
    leases: [],
    notifications_ms: [],
    held: [],
    digest_ms: null,
  }
}

/** What a healer wrote down; null where the text is damaged, so that somebody can tell it. */
export function parseHealing(text: string): HealingDocument | null {
  try {
    return healingDocument.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

export function budgetOf(memory: HealingDocument, service: string): HealBudget {
  return memory.budgets.find((budget) => budget.service === service) ?? freshBudget(service)
}

export function withBudget(memory: HealingDocument, budget: HealBudget): HealingDocument {
  return { ...memory, budgets: [...memory.budgets.filter(({ service }) => service !== budget.service), budget] }
}

export function withIncident(memory: HealingDocument, incident: OpenIncident): HealingDocument {
  return { ...memory, incidents: memory.incidents.map((other) => (other.id === incident.id ? incident : other)) }
}

/**
 * The memory as if the clock had always stood as it does now, so that no wait and no window gets shorter or longer because somebody
 * set it. Ids and names stay.
 */
export function shiftMoments(memory: HealingDocument, byMs: number): HealingDocument {
  return byMs === 0 ? memory : (shift(memory, byMs) as HealingDocument)
}

function shift(value: unknown, byMs: number, key = ''): unknown {
  if (typeof value === 'number') return key.endsWith('_ms') ? value + byMs : value
  if (Array.isArray(value)) return value.map((item) => shift(item, byMs, key))
  if (value === null || typeof value !== 'object') return value
  // A lease says until when by the clock of the person who wrote it.
  if (key === 'lease') return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shift(item, byMs, name)]))
}

function freshBudget(service: string): HealBudget {
  return { service, restarts_ms: [], last: [], streak: 0, next_ms: null, calm_since_ms: null, probation_ms: null }
}
