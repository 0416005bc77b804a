import type { HausStatus } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'
import { readHealing, readLeases } from './read-healing.ts'

type Attention = NonNullable<HausStatus['attention']>

/** What waits for a person, most urgent first. */
export async function listAttention(ports: Pick<Ports, 'files' | 'home' | 'clock'>): Promise<Attention> {
  const [healing, leases] = await Promise.all([readHealing(ports), readLeases(ports)])
  const now = ports.clock.now()
  const incidents = healing?.incidents.filter(({ acknowledged }) => acknowledged === null) ?? []
  const quarantines = healing?.quarantines.filter(({ until_ms }) => until_ms > now) ?? []
  return [
    ...incidents.map(({ id, why, opened_ms }) => ({ kind: 'incident' as const, subject: id, why, since_ms: opened_ms })),
    ...quarantines.map(({ service, reason, since_ms }) => ({ kind: 'quarantine' as const, subject: service, why: reason, since_ms })),
    ...leases
      .filter(({ until_ms }) => until_ms > now)
      .map(({ id, owner, reason, since_ms }) => ({ kind: 'lease' as const, subject: id, why: `${owner}: ${reason}`, since_ms })),
  ]
}
