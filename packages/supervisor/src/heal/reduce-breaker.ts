import { type HealDraft, type HealScene, hasten, remember, tell } from './heal-draft.ts'

/**
 * Many causes at once are one cause that nobody sees: while they stand, nothing is healed but what the haus cannot do without. Incidents
 * that a person knows of, and services in quarantine, are no news and do not count.
 */
export function reduceBreaker(draft: HealDraft, { policy, subjectOf, nowMs }: HealScene): HealDraft {
  const { incidents, quarantines, breaker } = draft.memory
  const counting = incidents.filter(
    ({ service, acknowledged }) =>
      acknowledged === null &&
      !quarantines.some((quarantine) => quarantine.service === service) &&
      subjectOf.get(service)?.verdict !== 'blocked',
  )
  const roots = counting.map(({ service }) => service).sort()
  const isOpen = roots.length >= policy.breakerAt
  if (isOpen === (breaker !== null)) return isOpen ? remember(draft, { breaker: { since_ms: breaker?.since_ms ?? nowMs, roots } }) : draft
  if (!isOpen) return tell(remember(draft, { breaker: null }), 'breaker-closed', 'haus', { roots })
  const opened = tell(remember(draft, { breaker: { since_ms: nowMs, roots } }), 'breaker-opened', 'haus', { roots })
  const why = `${roots.length} services fail at once (${roots.join(', ')}), so only P0 is healed until a person has looked`
  return hasten(opened, counting[0]?.id ?? '', why)
}
