import type { NewEvent } from '@sanctum/contracts'
import { type EventCounts, KEY_SEPARATOR } from './watchdog-metrics.ts'

export interface EventCounter {
  count(event: NewEvent): void
  readonly heals: EventCounts
  readonly incidents: EventCounts
  readonly escalations: number
}

/** Counts what the healer tells, for those who scrape. */
export function createEventCounter(): EventCounter {
  const heals = new Map<string, number>()
  const incidents = new Map<string, number>()
  let escalations = 0

  const counters: Readonly<Record<string, (event: NewEvent) => void>> = {
    'heal-proven': ({ subject, data }) => add(heals, subject, String(data.action), 'proven'),
    'heal-unproven': ({ subject, data }) => add(heals, subject, String(data.action), 'unproven'),
    'heal-ended': ({ subject, data }) => {
      if (data.outcome === 'failed') add(heals, subject, String(data.action), 'failed')
    },
    'incident-opened': ({ subject }) => add(incidents, subject),
    'incident-escalated': () => {
      escalations++
    },
  }

  return {
    count: (event) => (Object.hasOwn(counters, event.kind) ? counters[event.kind]?.(event) : undefined),
    heals,
    incidents,
    get escalations() {
      return escalations
    },
  }
}

function add(counts: Map<string, number>, ...parts: readonly string[]): void {
  const key = parts.join(KEY_SEPARATOR)
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
