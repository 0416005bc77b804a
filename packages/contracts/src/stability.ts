import * as z from 'zod'
import type { StabilityWindowDocument } from './documents/agents.ts'

/** A moment as a machine knows it: its clock, which anybody may set, and how long it is up, which nobody can. */
export const soakMark = z.strictObject({ at_ms: z.number(), boot_id: z.string(), up_ms: z.number() })
export type SoakMark = z.infer<typeof soakMark>

const requiredCheck = z.strictObject({
  id: z.string(),
  command: z.array(z.string()).min(1),
  cadence_s: z.number().positive(),
  deadline_s: z.number().positive(),
})
export type RequiredCheck = z.infer<typeof requiredCheck>

/** What a window goes by from its start to its end; a change of the catalog is none of its business. */
export const soakPolicy = z.strictObject({
  days: z.int().min(1),
  /** How late a record may be. */
  max_gap_s: z.number().positive(),
  required: z.array(requiredCheck).min(1),
})
export type SoakPolicy = z.infer<typeof soakPolicy>

const uptime = soakMark.omit({ at_ms: true })

/** Content of the rows of `state/soak.db` by their kind. The subject of a `check-recorded` is the required check. */
export const soakRows = {
  'window-started': uptime.extend({
    policy: soakPolicy,
    /** Where the policy lies; its commands run there. */
    folder: z.string(),
    /** What the environment of whoever started it says of the haus; a daemon has another environment. */
    variables: z.record(z.string(), z.string()).default({}),
    timezone: z.string(),
    by: z.string(),
  }),
  'check-recorded': uptime.extend({
    /** `unknown`: the command could not be run, which is neither good nor bad, and is no record. */
    outcome: z.enum(['clean', 'red', 'unknown']),
    exit: z.int().nullable(),
    /** What was wrong, in a sentence; null where it is clean. */
    finding: z.string().nullable(),
    took_ms: z.number(),
  }),
  /** Somebody was there to record, had anything been due: what bounds the time that a reboot takes from the window. */
  'recorder-seen': uptime,
  'window-aborted': uptime.extend({ by: z.string(), why: z.string() }),
} as const
export type SoakRowKind = keyof typeof soakRows
export type SoakRow<Kind extends SoakRowKind> = z.infer<(typeof soakRows)[Kind]>
export type SoakOutcome = z.infer<(typeof soakRows)['check-recorded']>['outcome']

/** `state/stability.json`: the last row of the ledger, kept beside it so that a tail that was cut off shows. */
export const soakHead = z.strictObject({
  schema_version: z.literal(1),
  head: z.strictObject({ seq: z.int().min(1), checksum: z.string() }),
})

/** The state of a day of the window. `today` is under way, `ahead` has not begun. */
export const soakDay = z.strictObject({
  number: z.int().min(1),
  /** The date on which it begins, where the haus is. */
  date: z.string(),
  state: z.enum(['calm', 'red', 'gap', 'missing', 'today', 'ahead']),
  why: z.string(),
})
export type SoakDay = z.infer<typeof soakDay>

/** A record that is later than the policy allows; without a check nothing at all was recorded, by a dead recorder or a machine that was off. */
export const soakGap = z.strictObject({ check: z.string().nullable(), from_ms: z.number(), to_ms: z.number(), late_s: z.number() })
export type SoakGap = z.infer<typeof soakGap>

export const windowJudgement = z.strictObject({
  state: z.enum(['running', 'broken', 'complete', 'aborted']),
  started_ms: z.number(),
  /** Time that has really passed, whatever the clock says. */
  elapsed_s: z.number(),
  days: z.array(soakDay),
  days_left: z.number(),
  first_red: z.strictObject({ check: z.string(), at_ms: z.number(), day: z.int(), finding: z.string() }).nullable(),
  gaps: z.array(soakGap),
  /** Required checks that could not be run the last time, and why. */
  unknown: z.array(z.strictObject({ check: z.string(), at_ms: z.number(), why: z.string() })),
  aborted: z.strictObject({ at_ms: z.number(), by: z.string(), why: z.string() }).nullable(),
})
export type WindowJudgement = z.infer<typeof windowJudgement>

const DAY_S = 86_400
const DEADLINE_S = 900

/** A check without a cadence is due once a day; a record may be a day late where nothing is said. */
export function toSoakPolicy({ days, max_gap_s, required }: StabilityWindowDocument): SoakPolicy {
  return {
    days,
    max_gap_s: max_gap_s ?? DAY_S,
    required: required.map(({ id, command, cadence_s, deadline_s }) => ({
      id,
      command,
      cadence_s: cadence_s ?? DAY_S,
      deadline_s: deadline_s ?? DEADLINE_S,
    })),
  }
}
