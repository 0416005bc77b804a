import type { Finding, Haus, ResolvedService } from '@sanctum/contracts'
import { hostFinding, placeOf } from './host-finding.ts'
import type { MergedHost } from './merged-host.ts'

/** The memory that services may share: what the machine has, less what is reserved and kept as safety. */
export function resolveCapacity({ document, facts }: Pick<MergedHost, 'document' | 'facts'>): Haus['capacity'] {
  const { ram_physical_mb = facts.memory_mb, ram_reserved_mb = 0, ram_safety_mb = 0 } = document.capacity ?? {}
  return { pool_mb: Math.max(0, ram_physical_mb - ram_reserved_mb - ram_safety_mb), ram_physical_mb, ram_reserved_mb, ram_safety_mb }
}

/** A warning where the services that the haus cannot do without do not fit together. */
export function judgeCapacity({ pool_mb }: Haus['capacity'], services: Iterable<ResolvedService>, host: MergedHost): Finding[] {
  const heavy = [...services].filter(({ tier, capacity }) => tier === 'P0' && capacity !== null && capacity.ram_budget_mb > 0)
  const needed = heavy.reduce((sum, { capacity }) => sum + (capacity?.ram_budget_mb ?? 0), 0)
  if (needed <= pool_mb) return []
  const largest = [...heavy].sort((a, b) => (b.capacity?.ram_budget_mb ?? 0) - (a.capacity?.ram_budget_mb ?? 0))[0] as ResolvedService
  const origin = host.services.get(largest.id)?.originOf(['capacity', 'ram_budget_mb'])
  return [
    hostFinding(
      'CAPACITY_EXCEEDED',
      `the P0 services need ${needed} MB together (${heavy.map(({ id }) => id).join(', ')}); ${host.node.id} has ${pool_mb} MB for services`,
      {
        ...(origin ? placeOf(origin) : { subject: largest.id }),
        evidence: { expected: `at most ${pool_mb} MB`, observed: `${needed} MB` },
        fix: { text: `Lower ram_budget_mb of ${largest.id}, the largest, or give capacity of this machine in its own layer.` },
      },
    ),
  ]
}
