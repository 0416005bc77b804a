import type { Tier } from '@sanctum/contracts'
import { type HealDraft, type HealScene, remember, tell } from './heal-draft.ts'
import type { HealAct } from './heal-input.ts'

const DAY_MS = 24 * 60 * 60_000

/** Tells people, or holds it back for the digest where the notifications of the day are spent. */
export function notify(
  draft: HealDraft,
  { nowMs, policy }: HealScene,
  notice: Omit<Extract<HealAct, { do: 'escalate' }>, 'do'> & { readonly tier: Tier },
): { readonly draft: HealDraft; readonly held: boolean } {
  const { tier, ...call } = notice
  const { notifications_ms, held } = draft.memory
  const spent = notifications_ms.filter((at) => at > nowMs - DAY_MS).length
  // The digest has one of its own, and the last ones are for what the haus cannot do without.
  const limit = policy.notificationsPerDay - 1 - (tier === 'P0' ? 0 : policy.notificationsReserve)
  if (spent < limit) {
    const counted = remember(draft, { notifications_ms: [...notifications_ms, nowMs] })
    return { draft: { ...counted, acts: [...counted.acts, { do: 'escalate', ...call }] }, held: false }
  }
  const { incident, service, level, why } = call
  const kept = remember(draft, { held: [...held, { incident, service, level, at_ms: nowMs }] })
  return { draft: tell(kept, 'escalation-held', service, { incident, level, why }), held: true }
}

/** Sums up what was held back, at most once a day. */
export function digest(draft: HealDraft, { nowMs, policy }: HealScene): HealDraft {
  const { held, digest_ms, notifications_ms } = draft.memory
  const first = held[0]
  if (first === undefined || nowMs - first.at_ms < policy.digestAfterMs) return draft
  if (digest_ms !== null && nowMs - digest_ms < DAY_MS) return draft
  const incidents = [...new Set(held.map(({ incident }) => incident))]
  const services = [...new Set(held.map(({ service }) => service))].sort()
  const why = `the notifications of the day are spent; still not well: ${services.join(', ')}`
  const sent = remember(draft, { held: [], digest_ms: nowMs, notifications_ms: [...notifications_ms, nowMs] })
  return { ...sent, acts: [...sent.acts, { do: 'digest', incidents, count: held.length, why }] }
}
