import type { HealBudget, HealingDocument, Lease, NewEvent, OpenIncident, Tier } from '@sanctum/contracts'
import type { HealAct, HealRound, HealSubject } from './heal-input.ts'
import { withBudget, withIncident } from './healing-memory.ts'

/** A round that is being thought through: what is known so far, and what came of it. Each stage takes one and gives the next. */
export interface HealDraft {
  readonly memory: HealingDocument
  readonly acts: readonly HealAct[]
  readonly events: readonly NewEvent[]
  /** Incidents of which people hear in this round, whatever their schedule says, and why. */
  readonly urgent: Readonly<Record<string, string>>
}

/** The round, with its subjects at hand. */
export interface HealScene extends HealRound {
  readonly subjectOf: ReadonlyMap<string, HealSubject>
  readonly random: () => number
}

export function tell(draft: HealDraft, kind: string, subject: string, data: NewEvent['data']): HealDraft {
  return { ...draft, events: [...draft.events, { kind, subject, data }] }
}

export function remember(draft: HealDraft, change: Partial<HealingDocument>): HealDraft {
  return { ...draft, memory: { ...draft.memory, ...change } }
}

export function rememberIncident(draft: HealDraft, incident: OpenIncident): HealDraft {
  return { ...draft, memory: withIncident(draft.memory, incident) }
}

export function rememberBudget(draft: HealDraft, budget: HealBudget): HealDraft {
  return { ...draft, memory: withBudget(draft.memory, budget) }
}

export function hasten(draft: HealDraft, incident: string, why: string): HealDraft {
  return { ...draft, urgent: { ...draft.urgent, [incident]: why } }
}

/** The lease that holds a service now; one that lifts the budget comes only where no other does. */
export function leaseOn({ leases, nowMs }: HealRound, service: string): Lease | null {
  const open = leases.filter((lease) => isOpen(lease, nowMs) && covers(lease, service))
  return open.find(({ lifts_budget }) => !lifts_budget) ?? open[0] ?? null
}

export function isOpen({ since_ms, until_ms }: Lease, nowMs: number): boolean {
  return since_ms <= nowMs && nowMs < until_ms
}

function covers({ services }: Lease, service: string): boolean {
  return services.includes(service) || services.includes('*')
}

const tiers: readonly Tier[] = ['P0', 'council', 'ops', 'optional']

/** 0 is the most important one. */
export function rankOf(tier: Tier): number {
  return tiers.indexOf(tier)
}

/** The services that a heal under way touches. */
export function activeTargets({ incidents }: HealingDocument): Set<string> {
  return new Set(incidents.flatMap(({ service, under_way }) => (under_way === null ? [] : [service, ...under_way.targets])))
}
