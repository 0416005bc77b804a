import { compareText } from '@sanctum/contracts'
import { type HealDraft, type HealScene, hasten, remember, tell } from './heal-draft.ts'

/**
 * Many causes at once are one cause that nobody sees: while they stand, nothing is healed but what the haus cannot do without. Incidents
 * that a person knows of, and services in quarantine, are no news and do not count.
 */
export function reduceBreaker(draft: HealDraft, scene: HealScene): HealDraft {
  const { policy, nowMs } = scene
  const { breaker } = draft.memory
  const roots = rootsOf(draft, scene)
  const isMany = roots.length >= policy.breakerAt
  if (breaker === null) return isMany ? open(draft, nowMs, roots) : draft
  if (isMany) return remember(draft, { breaker: { ...breaker, roots, calm_since_ms: null } })
  const calm_since_ms = breaker.calm_since_ms ?? nowMs
  if (nowMs - calm_since_ms < policy.breakerCalmMs) return remember(draft, { breaker: { ...breaker, roots, calm_since_ms } })
  return tell(remember(draft, { breaker: null }), 'breaker-closed', 'haus', { roots })
}

function rootsOf({ memory: { incidents, quarantines } }: HealDraft, { subjectOf }: HealScene): string[] {
  const isSetAside = (service: string) => quarantines.some((quarantine) => quarantine.service === service)
  return incidents
    .filter(({ service, acknowledged }) => acknowledged === null && !isSetAside(service) && subjectOf.get(service)?.verdict !== 'blocked')
    .map(({ service }) => service)
    .sort(compareText)
}

function open(draft: HealDraft, nowMs: number, roots: readonly string[]): HealDraft {
  const opened = tell(remember(draft, { breaker: { since_ms: nowMs, roots: [...roots], calm_since_ms: null } }), 'breaker-opened', 'haus', {
    roots,
  })
  const first = draft.memory.incidents.find(({ service }) => roots.includes(service))
  const why = `${roots.length} services fail at once (${roots.join(', ')}), so only P0 is healed until a person has looked`
  return first === undefined ? opened : hasten(opened, first.id, why)
}
