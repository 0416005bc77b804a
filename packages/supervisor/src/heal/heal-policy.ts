import type { HealPolicy } from './heal-input.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** What holds where nobody says otherwise. The budget of each service stands in the catalog. */
export const defaultHealPolicy: HealPolicy = {
  holdMs: 30 * SECOND,
  settleMs: 15 * SECOND,
  reportWithinMs: 15 * MINUTE,
  healsAtOnce: 2,
  breakerAt: 4,
  breakerCalmMs: 5 * MINUTE,
  breakerTrialMs: 10 * MINUTE,
  globalRestarts: 12,
  globalReserve: 4,
  globalWindowMs: 30 * MINUTE,
  quarantineMs: HOUR,
  maxQuarantineMs: 24 * HOUR,
  calmMs: 30 * MINUTE,
  backoffMs: 30 * SECOND,
  maxBackoffMs: 15 * MINUTE,
  escalations: {
    // The first heal comes at once; a person hears of it when it did not help for five minutes, and is called after ten.
    P0: { steps: steps([5 * MINUTE, 1], [10 * MINUTE, 3], [30 * MINUTE, 3], [HOUR, 3], [2 * HOUR, 3]), repeatMs: 4 * HOUR },
    council: { steps: steps([10 * MINUTE, 1], [30 * MINUTE, 2], [2 * HOUR, 2]), repeatMs: 8 * HOUR },
    ops: { steps: steps([30 * MINUTE, 1], [4 * HOUR, 2]), repeatMs: 12 * HOUR },
    optional: { steps: steps([2 * HOUR, 1]), repeatMs: 24 * HOUR },
  },
  notificationsPerDay: 40,
  notificationsReserve: 15,
  digestAfterMs: HOUR,
  obligationGraceMs: 2 * MINUTE,
}

function steps(...list: readonly (readonly [number, number])[]): { afterMs: number; level: number }[] {
  return list.map(([afterMs, level]) => ({ afterMs, level }))
}
