import type { HausStatus } from '@sanctum/contracts'
import type { HausDefinition } from './haus-definition.ts'
import type { HausView } from './view-haus.ts'

/** What a cycle saw, as the document that everybody reads. Services that do not run here have no manifest, so none is named. */
export function toHausStatus({ generation, haus, manager, node }: HausDefinition, view: HausView, confirmed: number | null): HausStatus {
  return {
    schema_version: 1,
    haus,
    node,
    manager,
    generation,
    confirmed,
    at_ms: view.atMs,
    verdict: view.verdict,
    services: [...view.services],
    skipped: [],
  }
}

/**
 * A status of which nobody knows whether it still holds: the same rows, none of them healthy. What was last seen stays
 * readable in the reason.
 */
export function toLastKnown(status: HausStatus, nowMs: number, why: string): HausStatus {
  const ageS = Math.max(0, Math.round((nowMs - status.at_ms) / 1000))
  return {
    ...status,
    verdict: 'could-not-check',
    services: status.services.map((service) => ({
      ...service,
      verdict: 'could-not-check',
      why: `${why}; ${ageS} s ago it was ${service.verdict}: ${service.why}`,
    })),
  }
}
