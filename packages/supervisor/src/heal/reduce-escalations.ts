import { countWords, type OpenIncident } from '@sanctum/contracts'
import { type HealDraft, type HealScene, leaseOn, rememberIncident } from './heal-draft.ts'
import type { EscalationSchedule, HealSubject } from './heal-input.ts'
import { digest, notify } from './notify.ts'

/** Tells people what is still not well, by the schedule of its tier, again and again until somebody acknowledges. */
export function reduceEscalations(draft: HealDraft, scene: HealScene): HealDraft {
  return digest(
    draft.memory.incidents.reduce((next, incident) => escalate(next, scene, incident), draft),
    scene,
  )
}

function escalate(draft: HealDraft, scene: HealScene, incident: OpenIncident): HealDraft {
  const subject = scene.subjectOf.get(incident.service)
  if (subject === undefined || incident.acknowledged !== null || incident.well_since_ms !== null) return draft
  // Its trouble is another's now, or a person is at it.
  if (subject.verdict === 'blocked' || leaseOn(scene, incident.service) !== null) return draft
  const hurry = draft.urgent[incident.id]
  const schedule = scene.policy.escalations[subject.tier]
  if (hurry === undefined && scene.nowMs < dueMs(incident, schedule)) return draft
  const level = Math.max(levelOf(incident, schedule), subject.remediation.escalation_level)
  const why = hurry ?? describe(incident, subject, scene.nowMs)
  const count = incident.escalations.length + 1
  const call = { incident: incident.id, service: incident.service, level, count, why, tier: subject.tier }
  const told = notify(draft, scene, call)
  const escalations = [...incident.escalations, { level, at_ms: scene.nowMs, held: told.held }]
  return rememberIncident(told.draft, { ...incident, escalations })
}

/** A step that was put off does not come together with the next one. */
function dueMs({ opened_ms, escalations }: OpenIncident, { steps, repeatMs }: EscalationSchedule): number {
  const done = escalations.length
  const last = escalations.at(-1)?.at_ms
  const step = steps[done]
  if (step === undefined) return last === undefined ? opened_ms + repeatMs : last + repeatMs
  const between = step.afterMs - (steps[done - 1]?.afterMs ?? 0)
  return Math.max(opened_ms + step.afterMs, last === undefined ? 0 : last + between)
}

function levelOf({ escalations }: OpenIncident, { steps }: EscalationSchedule): number {
  return steps[Math.min(escalations.length, steps.length - 1)]?.level ?? 1
}

function describe({ opened_ms, attempts, withheld }: OpenIncident, { service, why }: HealSubject, nowMs: number): string {
  const minutes = Math.round((nowMs - opened_ms) / 60_000)
  const tried = attempts.length === 0 ? 'nothing was tried' : `${countWords(attempts.length, 'heal')} did not help`
  const reason = withheld === null ? '' : ` (${withheld})`
  return `${service} is not well for ${minutes} min: ${why}; ${tried}${reason}`
}
