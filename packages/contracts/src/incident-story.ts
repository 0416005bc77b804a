import * as z from 'zod'
import { lease, symptom, withholding } from './healing.ts'
import { probePurpose } from './probe.ts'

const moment = z.number()
const incident = z.string()

/**
 * What the events of the healer hold under `data`, by kind. A reader ignores fields that it does not know: a later version may say more.
 * The subject of each is the service; of a lease its id, of the breaker, the digest and the patrol the haus.
 */
export const healEventData = {
  'incident-opened': z.object({
    incident,
    symptom,
    cause: z.string().nullable(),
    why: z.string(),
    probe: probePurpose.nullable(),
    since_ms: moment,
  }),
  /** `healed_by`: the name of an action, `itself` or `person`. `well_since_ms`: when the probe that opened it began to pass. */
  'incident-closed': z.object({ incident, lasted_ms: z.number(), healed_by: z.string(), since_ms: moment, well_since_ms: moment }),
  'heal-started': z.object({ incident, action: z.string(), target: z.string(), attempt: z.int(), why: z.string() }),
  'heal-ended': z.object({
    incident,
    action: z.string(),
    target: z.string(),
    outcome: z.enum(['performed', 'failed']),
    took_ms: z.number(),
    why: z.string(),
  }),
  'heal-proven': z.object({ incident, action: z.string(), took_ms: z.number(), why: z.string() }),
  'heal-unproven': z.object({ incident, action: z.string(), took_ms: z.number(), why: z.string() }),
  'heal-withheld': z.object({ incident, reason: withholding, why: z.string() }),
  'service-quarantined': z.object({ incident, reason: z.string(), owner: z.string(), until_ms: moment }),
  'quarantine-ended': z.object({ incident, reason: z.string(), owner: z.string(), until_ms: moment }),
  'incident-escalated': z.object({
    incident,
    level: z.int(),
    channel: z.string(),
    delivery: z.enum(['unconfirmed', 'failed']),
    count: z.int(),
    why: z.string(),
  }),
  /** The notifications of the day were spent, so that the next digest tells it. */
  'escalation-held': z.object({ incident, level: z.int(), why: z.string() }),
  /** One notification for all that was held. */
  'digest-told': z.object({ channel: z.string(), delivery: z.enum(['unconfirmed', 'failed']), count: z.int(), why: z.string() }),
  'incident-acknowledged': z.object({ incident, by: z.string(), why: z.string() }),
  'breaker-opened': z.object({ roots: z.array(z.string()) }),
  'breaker-closed': z.object({ roots: z.array(z.string()) }),
  'lease-opened': lease.pick({ owner: true, reason: true, until_ms: true, obligations: true }).extend({ scope: z.array(z.string()) }),
  'lease-closed': lease.pick({ owner: true, reason: true, until_ms: true, obligations: true }).extend({ scope: z.array(z.string()) }),
  'lease-broken': lease
    .pick({ owner: true, reason: true, until_ms: true, obligations: true })
    .extend({ scope: z.array(z.string()), why: z.string() }),
  'patrol-ended': z.object({
    drift: z.array(z.string()),
    orphans: z.array(z.string()),
    ghosts: z.array(z.string()),
    /** What of these somebody lives with. */
    waived: z.array(z.string()),
  }),
} as const satisfies Record<string, z.ZodType>
export type HealEventKind = keyof typeof healEventData

/** One incident from its first sign to its end, as the journal tells it. */
export const incidentStory = z.strictObject({
  id: z.string(),
  service: z.string(),
  state: z.enum(['open', 'closed']),
  symptom,
  probe: probePurpose.nullable(),
  /** What was seen when it opened, and what changed about the service while it lasted. */
  evidence: z.array(z.strictObject({ at_ms: moment, why: z.string() })),
  /** Services that waited for this one meanwhile. */
  suffered: z.array(z.string()),
  since_ms: moment,
  opened_ms: moment,
  /** When what opened it was well again; null where it is not yet. */
  well_ms: moment.nullable(),
  closed_ms: moment.nullable(),
  /** What worked: the name of an action, `itself` or `person`. */
  healed_by: z.string().nullable(),
  tried: z.array(
    z.strictObject({
      action: z.string(),
      target: z.string(),
      at_ms: moment,
      took_ms: z.number().nullable(),
      outcome: z.enum(['under-way', 'performed', 'failed', 'proven', 'unproven']),
      why: z.string(),
    }),
  ),
  withheld: z.array(z.strictObject({ at_ms: moment, reason: withholding, why: z.string() })),
  quarantines: z.array(
    z.strictObject({ since_ms: moment, until_ms: moment, reason: z.string(), owner: z.string(), ended_ms: moment.nullable() }),
  ),
  escalations: z.array(
    z.strictObject({ at_ms: moment, level: z.int(), channel: z.string().nullable(), delivery: z.enum(['unconfirmed', 'failed', 'held']) }),
  ),
  acknowledged: z.strictObject({ at_ms: moment, by: z.string(), why: z.string() }).nullable(),
})
export type IncidentStory = z.infer<typeof incidentStory>

/** What the incidents of a time say about the healer. Null where nothing happened that a figure could be made of. */
export const healFigures = z.strictObject({
  incidents: z.int(),
  open: z.int(),
  healed_by_action: z.int(),
  healed_by_itself: z.int(),
  healed_by_person: z.int(),
  /** From the first sign to the opening of the incident, on average. */
  mttd_ms: z.number().nullable(),
  /** From the first sign until it was well again, on average, of those that needed no person. */
  mttr_ms: z.number().nullable(),
  /** Of the incidents that needed something done, how many ended without a person; 0 to 1. */
  self_heal_rate: z.number().nullable(),
  /** Incidents that passed by themselves before anything was done or anybody told: they may have been none. */
  false_positives: z.int(),
  quarantines: z.int(),
})
export type HealFigures = z.infer<typeof healFigures>
