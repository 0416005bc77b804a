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
  if (breaker === null) return isMany ? open(draft, scene, roots) : draft
  const calm_since_ms = isMany ? null : (breaker.calm_since_ms ?? nowMs)
  if (calm_since_ms === null || nowMs - calm_since_ms < policy.breakerCalmMs)
    return judgeTrial(remember(draft, { breaker: { ...breaker, roots, calm_since_ms } }), scene)
  return tell(remember(draft, { breaker: null }), 'breaker-closed', 'haus', { roots })
}

function rootsOf({ memory: { incidents, quarantines } }: HealDraft, { subjectOf }: HealScene): string[] {
  const isSetAside = (service: string) => quarantines.some((quarantine) => quarantine.service === service)
  return incidents
    .filter(({ service, acknowledged }) => acknowledged === null && !isSetAside(service) && subjectOf.get(service)?.verdict !== 'blocked')
    .map(({ service }) => service)
    .sort(compareText)
}

type Breaker = NonNullable<HealDraft['memory']['breaker']>

/** Half open: whether one heal may show that healing helps again. */
export function isTrialDue({ next_trial_ms }: Breaker, nowMs: number): boolean {
  return next_trial_ms !== undefined && nowMs >= next_trial_ms
}

/** The heal that passes an open breaker; the next one waits. */
export function noteTrial(
  draft: HealDraft,
  { nowMs, policy, subjectOf }: HealScene,
  { service, incident }: { readonly service: string; readonly incident: string },
): HealDraft {
  const { breaker } = draft.memory
  if (breaker === null || subjectOf.get(service)?.tier === 'P0') return draft
  const trial = { incident, service, since_ms: nowMs }
  const noted = remember(draft, { breaker: { ...breaker, trial, next_trial_ms: nowMs + policy.breakerTrialMs } })
  return tell(noted, 'breaker-half-opened', 'haus', { service, incident })
}

/** A trial whose incident is over has helped, so another one follows at once. One that did not is waited out. */
function judgeTrial(draft: HealDraft, { nowMs, policy }: HealScene): HealDraft {
  const breaker = draft.memory.breaker as Breaker
  const { trial = null, next_trial_ms = nowMs + policy.breakerTrialMs } = breaker
  if (trial === null || draft.memory.incidents.some(({ id }) => id === trial.incident))
    return remember(draft, { breaker: { ...breaker, next_trial_ms } })
  const { incident, service } = trial
  return tell(remember(draft, { breaker: { ...breaker, trial: null, next_trial_ms: nowMs } }), 'breaker-trial-helped', 'haus', {
    service,
    incident,
  })
}

function open(draft: HealDraft, { nowMs, policy }: HealScene, roots: readonly string[]): HealDraft {
  const breaker = { since_ms: nowMs, roots: [...roots], calm_since_ms: null, trial: null, next_trial_ms: nowMs + policy.breakerTrialMs }
  const opened = tell(remember(draft, { breaker }), 'breaker-opened', 'haus', { roots })
  const first = draft.memory.incidents.find(({ service }) => roots.includes(service))
  const why = `${roots.length} services fail at once (${roots.join(', ')}), so only P0 is healed until a person has looked`
  return first === undefined ? opened : hasten(opened, first.id, why)
}
