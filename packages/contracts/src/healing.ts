import * as z from 'zod'
import { failureCause, probePurpose } from './probe.ts'

/** What a service shows when it is ill: the cause that its probe names, or what its manager says of its process. */
export const symptom = z.enum([...failureCause.options, 'crashed', 'given-up'])
export type Symptom = z.infer<typeof symptom>

/** Why a heal that is due is not done now. Each is told once, when it becomes the reason. */
export const withholding = z.enum([
  'lease',
  'budget',
  'global-budget',
  'breaker',
  'pressure',
  'capacity',
  'dependency',
  'starting',
  'busy',
  'cooldown',
  'other-heal',
  'it-is-me',
  'quarantined',
  'not-restartable',
])
export type Withholding = z.infer<typeof withholding>

/** One step of a ladder. `command` names an action of the catalog; the others are known to every haus. */
export const healAction = z.strictObject({
  kind: z.enum(['command', 'restart', 'restart-dependency', 'restart-subtree', 'revert']),
  /** As events, budgets and what was learned name it. */
  name: z.string(),
  /** It ends a process: it counts against the budget of restarts, and only a liveness failure or the unit itself may lead to it. */
  restarts: z.boolean(),
})
export type HealAction = z.infer<typeof healAction>

const moment = z.number()

/** Trouble of one service from the first confirmed failure until its probe holds again. */
export const openIncident = z.strictObject({
  id: z.string(),
  service: z.string(),
  symptom,
  /** The purpose of the probe that opened it, and that must hold to close it; null where the unit itself told. */
  probe: probePurpose.nullable(),
  why: z.string(),
  /** When the trouble began, as far as anybody saw it. */
  since_ms: moment,
  opened_ms: moment,
  /** Heals that did not help, oldest first. `counts`: no lease lifted the budget then. */
  attempts: z.array(z.strictObject({ action: z.string(), at_ms: moment, outcome: z.enum(['failed', 'unproven']), counts: z.boolean() })),
  /** A heal that is under way, or done and not proven yet. `targets`: what it restarts; no other heal touches them meanwhile. */
  under_way: z
    .strictObject({
      action: healAction,
      targets: z.array(z.string()),
      started_ms: moment,
      performed_ms: moment.nullable(),
      counts: z.boolean(),
    })
    .nullable(),
  /** The time since which the probe that opened it passes. */
  well_since_ms: moment.nullable(),
  withheld: withholding.nullable(),
  /** `held`: the notifications of the day were spent, so that the digest tells it. */
  escalations: z.array(z.strictObject({ level: z.int(), at_ms: moment, held: z.boolean() })),
  /** How often it was quarantined; each time lasts longer. */
  quarantines: z.int().min(0),
  acknowledged: z.strictObject({ by: z.string(), why: z.string(), at_ms: moment }).nullable(),
})
export type OpenIncident = z.infer<typeof openIncident>

export const quarantine = z.strictObject({
  service: z.string(),
  incident: z.string(),
  reason: z.string(),
  owner: z.string(),
  since_ms: moment,
  until_ms: moment,
})
export type Quarantine = z.infer<typeof quarantine>

/** How often an action proved itself against a symptom of a service. */
export const healRecord = z.strictObject({
  service: z.string(),
  symptom,
  action: z.string(),
  attempts: z.int().min(0),
  successes: z.int().min(0),
})
export type HealRecord = z.infer<typeof healRecord>

/** What was done to a service, so that it is not done too often. */
export const healBudget = z.strictObject({
  service: z.string(),
  /** Restarts that count, within the longest window. */
  restarts_ms: z.array(moment),
  /** When each action was last begun, which its cooldown counts from. */
  last: z.array(z.strictObject({ action: z.string(), at_ms: moment })),
  /** Heals that followed each other without calm; the wait between them grows with it. */
  streak: z.int().min(0),
  /** No heal before this time; null where nothing is waited for. */
  next_ms: moment.nullable(),
  calm_since_ms: moment.nullable(),
  /** Since this time a quarantine is over and one heal may show whether it was enough; null where the whole budget stands. */
  probation_ms: moment.nullable(),
})
export type HealBudget = z.infer<typeof healBudget>

/** `state/leases/<id>.json`: somebody works on services; until it ends nothing is healed there. */
export const lease = z.strictObject({
  schema_version: z.literal(1),
  id: z.string(),
  /** `*` is every service. */
  services: z.array(z.string()).min(1),
  owner: z.string(),
  reason: z.string(),
  since_ms: moment,
  until_ms: moment,
  /** What must be true at its end. */
  obligations: z.array(z.strictObject({ service: z.string(), must: z.enum(['healthy', 'stopped']) })),
  /** A bench or drill: heals are done, and none counts against a budget. */
  lifts_budget: z.boolean(),
})
export type Lease = z.infer<typeof lease>

/** `state/healing.json`: all that the healer knows. Only the watchdog writes it. */
export const healingDocument = z.strictObject({
  schema_version: z.literal(1),
  at_ms: moment,
  incidents: z.array(openIncident),
  quarantines: z.array(quarantine),
  budgets: z.array(healBudget),
  /**
   * `calm_since_ms`: since then fewer causes stand than open it; it closes a while later. `trial`: the one heal that it lets through to see
   * whether healing helps again, and `next_trial_ms` when the next may come.
   */
  breaker: z
    .strictObject({
      since_ms: moment,
      roots: z.array(z.string()),
      calm_since_ms: moment.nullable(),
      trial: z.strictObject({ incident: z.string(), service: z.string(), since_ms: moment }).nullable().optional(),
      next_trial_ms: moment.optional(),
    })
    .nullable(),
  learned: z.array(healRecord),
  /** Leases that were seen open. `ended_ms`: over, and its obligations are not judged yet. */
  leases: z.array(z.strictObject({ lease, ended_ms: moment.nullable() })),
  /** Notifications of the last day, the digest among them. */
  notifications_ms: z.array(moment),
  /** What the next digest tells, because the notifications of the day were spent. */
  held: z.array(z.strictObject({ incident: z.string(), service: z.string(), level: z.int(), at_ms: moment })),
  digest_ms: moment.nullable(),
})
export type HealingDocument = z.infer<typeof healingDocument>

const asked = { schema_version: z.literal(1), id: z.string(), at_ms: moment, by: z.string(), why: z.string() }

/** `state/requests/<id>.json`: what a person asks of the watchdog. */
export const watchdogRequest = z.discriminatedUnion('do', [
  z.strictObject({ ...asked, do: z.literal('acknowledge'), incident: z.string() }),
  z.strictObject({ ...asked, do: z.literal('release'), service: z.string() }),
  z.strictObject({ ...asked, do: z.literal('patrol') }),
])
export type WatchdogRequest = z.infer<typeof watchdogRequest>

/** Names an incident by its service and the second in which it opened, UTC. */
export function toIncidentId(service: string, openedMs: number): string {
  const stamp = new Date(openedMs)
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z')
    .toLowerCase()
  return `${service}-${stamp}`
}

/** `state/alert-path.json`: what is known of the last alert by channel. Whoever delivered it wrote it. */
export const alertPathDocument = z.strictObject({
  schema_version: z.literal(1),
  at_ms: moment,
  channels: z.array(z.strictObject({ channel: z.string(), delivery: z.enum(['unconfirmed', 'failed']), why: z.string() })),
})
export type AlertPathDocument = z.infer<typeof alertPathDocument>
