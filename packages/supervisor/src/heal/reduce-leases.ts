import type { HealingDocument, Lease } from '@sanctum/contracts'
import { type HealDraft, type HealScene, isOpen, remember, tell } from './heal-draft.ts'
import { notify } from './notify.ts'

type Seen = HealingDocument['leases'][number]

/** Leases that begin and end; at its end what a lease promised must be true, or people hear of it. */
export function reduceLeases(draft: HealDraft, scene: HealScene): HealDraft {
  const { leases, nowMs } = scene
  const seen = draft.memory.leases
  const fresh = leases.filter((lease) => isOpen(lease, nowMs) && !seen.some(({ lease: known }) => known.id === lease.id))
  const opened = fresh.reduce((next, lease) => tell(next, 'lease-opened', lease.id, toData(lease)), draft)
  const all = [...seen.map((item) => renew(item, leases)), ...fresh.map((lease) => ({ lease, ended_ms: null }))]
  return all.reduce((next, item) => follow(next, scene, item), remember(opened, { leases: [] }))
}

/** A lease may be prolonged or changed while it lasts. */
function renew(item: Seen, leases: readonly Lease[]): Seen {
  const lease = item.ended_ms === null ? leases.find(({ id }) => id === item.lease.id) : undefined
  return lease === undefined ? item : { ...item, lease }
}

function follow(draft: HealDraft, scene: HealScene, item: Seen): HealDraft {
  const { leases, nowMs, policy } = scene
  const { lease } = item
  const stands = item.ended_ms === null && isOpen(lease, nowMs) && leases.some(({ id }) => id === lease.id)
  if (stands) return keep(draft, item)
  const ended_ms = item.ended_ms ?? nowMs
  const closed = item.ended_ms === null ? tell(draft, 'lease-closed', lease.id, toData(lease)) : draft
  const broken = lease.obligations.flatMap((obligation) => judgeObligation(obligation, scene))
  if (broken.length === 0) return closed
  if (nowMs - ended_ms < policy.obligationGraceMs) return keep(closed, { lease, ended_ms })
  const why = `the lease ${lease.id} of ${lease.owner} (${lease.reason}) is over, but ${broken.join('; ')}`
  const told = tell(closed, 'lease-broken', lease.id, { ...toData(lease), why })
  const service = lease.obligations[0]?.service ?? lease.id
  const tier = scene.subjectOf.get(service)?.tier ?? 'ops'
  return notify(told, scene, { incident: lease.id, service, level: 1, count: 1, why, tier }).draft
}

function keep(draft: HealDraft, item: Seen): HealDraft {
  return remember(draft, { leases: [...draft.memory.leases, item] })
}

/** What is not as promised, in words; what could not be checked is not as promised either. */
function judgeObligation({ service, must }: Lease['obligations'][number], { subjectOf }: HealScene): string[] {
  const subject = subjectOf.get(service)
  if (subject === undefined) return [`${service}, which must be ${must}, is not known here`]
  if (must === 'healthy') return subject.verdict === 'healthy' ? [] : [`${service} must be healthy and is not: ${subject.why}`]
  const { activity } = subject
  return activity === 'stopped' || activity === 'completed'
    ? []
    : [`${service} must be stopped and is ${activity ?? 'beyond control here'}`]
}

function toData({ services, owner, reason, until_ms, obligations }: Lease) {
  return { scope: services, owner, reason, until_ms, obligations }
}
