import { type HausStatus, hausStatus, type NewEvent, type Verdict } from '@sanctum/contracts'
import type { ServiceJudgement } from '@sanctum/probes'

/** The verdicts that the journal has last. */
export interface KnownVerdicts {
  readonly verdicts: Readonly<Record<string, Verdict>>
  /** Services that this process itself has judged for certain at least once. */
  readonly settled: ReadonlySet<string>
  /** Services of which a probe flaps. A watchdog that has just started knows of none. */
  readonly flapping: ReadonlySet<string>
}

/** What an earlier watchdog left, so that a restart of this one is no news about everybody else. */
export function recallVerdicts(remembered: unknown): KnownVerdicts {
  const services: HausStatus['services'] = hausStatus.safeParse(remembered).data?.services ?? []
  return { verdicts: Object.fromEntries(services.map(({ id, verdict }) => [id, verdict])), settled: new Set(), flapping: new Set() }
}

/**
 * What changed, as events. A first impression is no news; after that every change is, one to `could-not-check` too. Nor is it news that what
 * nobody has asked for yet does not run: at the first start of a haus the watchdog is there before the others.
 */
export function reduceVerdicts(
  known: KnownVerdicts,
  judgements: Readonly<Record<string, ServiceJudgement>>,
  unasked: ReadonlySet<string> = new Set(),
): { readonly known: KnownVerdicts; readonly events: readonly NewEvent[] } {
  const settled = new Set<string>()
  const flapping = new Set<string>()
  const verdicts: Record<string, Verdict> = {}
  const events: NewEvent[] = []
  for (const [service, { verdict, why, cause, confirmed, flapping: purpose }] of Object.entries(judgements)) {
    if (purpose !== undefined) flapping.add(service)
    if (flapping.has(service) !== known.flapping.has(service))
      events.push({
        kind: purpose === undefined ? 'flapping-ended' : 'flapping-began',
        subject: service,
        data: { probe: purpose ?? null, why },
      })
    const last = known.verdicts[service]
    const isFirst = last === undefined && unasked.has(service)
    if (isFirst || (!confirmed && !known.settled.has(service))) {
      if (last !== undefined) verdicts[service] = last
      continue
    }
    settled.add(service)
    verdicts[service] = verdict
    if (verdict !== last) events.push({ kind: 'verdict-changed', subject: service, data: { from: last ?? null, to: verdict, why, cause } })
  }
  return { known: { verdicts, settled, flapping }, events }
}
