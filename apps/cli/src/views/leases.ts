import type { Lease } from '@sanctum/contracts'
import { describeAge } from '@sanctum/probes'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

export function renderLeases(leases: readonly Lease[], nowMs: number, style: Style): string {
  if (leases.length === 0) return 'no lease is open; everything that is wanted is healed'
  const rows = leases.map((lease) => [
    lease.id,
    nameServices(lease),
    lease.owner,
    describeAge(lease.until_ms - nowMs),
    describePromise(lease),
    lease.reason,
  ])
  return renderTable(['LEASE', 'SERVICES', 'OWNER', 'LEFT', 'THEN', 'WHY'], rows, style.columns)
}

/** One sentence: who, on what, until when, and what must be true then. */
export function describeLease(lease: Lease): string {
  const healing = lease.lifts_budget ? 'heals there count against no budget' : 'nothing is healed there'
  const promise = lease.obligations.length === 0 ? '' : `; then ${describePromise(lease)}`
  return `${lease.id}: ${lease.owner} works on ${nameServices(lease)} until ${new Date(lease.until_ms).toISOString()} (${lease.reason}); ${healing}${promise}`
}

function nameServices({ services }: Lease): string {
  return services.includes('*') ? 'everything' : services.join(' ')
}

function describePromise({ obligations }: Lease): string {
  const [first] = obligations
  if (first === undefined) return '–'
  if (obligations.every(({ must }) => must === first.must)) return `all must be ${first.must}`
  return obligations.map(({ service, must }) => `${service} must be ${must}`).join(', ')
}
