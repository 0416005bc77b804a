import type { CheckOutcome, HostObservations } from '@sanctum/contracts'

/** The outcome of a check that goes by listeners where they could not be read; null where they were. */
export function judgeBlindness(unread: HostObservations['unread']): CheckOutcome | null {
  const blind = unread.find(({ what }) => what.includes('listener'))
  return blind === undefined ? null : { kind: 'could-not-check', reason: `${blind.what}: ${blind.why}` }
}
