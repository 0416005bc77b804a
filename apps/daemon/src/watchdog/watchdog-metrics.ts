import { type HausStatus, type HealingDocument, type RoleHealth, verdict } from '@sanctum/contracts'
import { toBuildInfo } from '../build-info.ts'

/** One metric as Prometheus knows it: base units, and a counter ends in `_total`. */
export interface Metric {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]
}

/** What happened since this watchdog started, by event and what tells two of them apart. */
export type EventCounts = ReadonlyMap<string, number>

export interface MetricsInput {
  readonly health: RoleHealth
  readonly haus: HausStatus | null
  readonly healing: HealingDocument | null
  readonly heals: EventCounts
  readonly incidents: EventCounts
  readonly escalations: number
}

/** Everything that a scrape of the watchdog tells. Each service has a value for every verdict, so that none can go missing unseen. */
export function toMetrics({ health, haus, healing, heals, incidents, escalations }: MetricsInput): Metric[] {
  const services = haus?.services ?? []
  return [
    toBuildInfo(health),
    gauge('sanctum_watchdog_ok', 'Whether the loop of the watchdog completes its cycles.', [only(health.ok ? 1 : 0)]),
    counter('sanctum_watchdog_cycles_total', 'Cycles that the watchdog has completed.', [only(health.cycles)]),
    gauge(
      'sanctum_watchdog_last_cycle_age_seconds',
      'Seconds since the last cycle ended.',
      health.last_cycle_age_s === null ? [] : [only(health.last_cycle_age_s)],
    ),
    gauge('sanctum_generation', 'Number of the generation that runs.', health.generation === null ? [] : [only(health.generation)]),
    gauge(
      'sanctum_service_verdict',
      '1 for the verdict that a service has now, 0 for the others.',
      services.flatMap((service) =>
        verdict.options.map((option) => ({ labels: { service: service.id, verdict: option }, value: service.verdict === option ? 1 : 0 })),
      ),
    ),
    counter(
      'sanctum_service_restarts_total',
      'Starts of a service that nobody asked for, as its manager counts them.',
      services.map(({ id, restarts }) => ({ labels: { service: id }, value: restarts })),
    ),
    gauge('sanctum_incidents_open', 'Incidents that are open now.', [only(healing?.incidents.length ?? 0)]),
    gauge(
      'sanctum_service_quarantined',
      '1 for a service whose heals are spent, so that a person is needed.',
      (healing?.quarantines ?? []).map(({ service }) => ({ labels: { service }, value: 1 })),
    ),
    gauge('sanctum_heal_breaker_open', 'Whether too many root causes at once suspend healing.', [only(healing?.breaker == null ? 0 : 1)]),
    counter('sanctum_incidents_opened_total', 'Incidents by service since the watchdog started.', toSamples(incidents, ['service'])),
    counter(
      'sanctum_heals_total',
      'Heals by service, action and outcome since the watchdog started.',
      toSamples(heals, ['service', 'action', 'outcome']),
    ),
    counter('sanctum_escalations_total', 'Times that people were told of an incident since the watchdog started.', [only(escalations)]),
  ]
}

/** Separates the parts of a key; no id and no action holds it. */
export const KEY_SEPARATOR = ' '

function toSamples(counts: EventCounts, names: readonly string[]): Metric['samples'] {
  return [...counts].map(([key, value]) => {
    const parts = key.split(KEY_SEPARATOR)
    return { labels: Object.fromEntries(names.map((name, index) => [name, parts[index] ?? ''])), value }
  })
}

function gauge(name: string, help: string, samples: Metric['samples']): Metric {
  return { name, help, type: 'gauge', samples }
}

function counter(name: string, help: string, samples: Metric['samples']): Metric {
  return { name, help, type: 'counter', samples }
}

function only(value: number): Metric['samples'][number] {
  return { labels: {}, value }
}
