import { type Lease, toIncidentId } from '@sanctum/contracts'
import type { CommandContext } from '../command.ts'
import { planStateDocument } from '../healing/plan-state-document.ts'
import { whoAsks } from '../healing/who-asks.ts'
import type { DrillPlan } from './plan-drill.ts'

/** Longer than the drill may take, so that it ends by itself where nobody is left to end it. */
const SLACK_MS = 60_000

/** Does the work under a lease that lifts the budget: what a drill costs is not missing when it is needed, and at its end all must be well. */
export async function holdLease<T>(
  { ports }: CommandContext,
  { target, fault, patienceMs }: DrillPlan,
  work: () => Promise<T>,
): Promise<T> {
  const nowMs = ports.clock.now()
  const lease: Lease = {
    schema_version: 1,
    id: toIncidentId('drill', nowMs),
    services: [target],
    owner: whoAsks(ports.environment),
    reason: `a drill: ${fault} of ${target}`,
    since_ms: nowMs,
    until_ms: nowMs + patienceMs + SLACK_MS,
    obligations: [{ service: target, must: 'healthy' }],
    lifts_budget: true,
  }
  await ports.files.perform(planStateDocument(ports.home, 'leases', lease.id, lease), ports.home)
  try {
    return await work()
  } finally {
    await ports.files.perform([{ do: 'remove-file', path: `${ports.home}/state/leases/${lease.id}.json` }], ports.home)
  }
}
