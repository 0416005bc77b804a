import type { HealAction, OpenIncident, Withholding } from '@sanctum/contracts'
import { type HealDraft, type HealScene, hasten, leaseOn, rankOf, remember, rememberBudget, rememberIncident, tell } from './heal-draft.ts'
import { budgetOf } from './healing-memory.ts'
import { judgeHeal } from './judge-heal.ts'
import { noteTrial } from './reduce-breaker.ts'
import { attemptOf } from './take-reports.ts'

/** Begins what may be begun, the most important and the oldest first, and says of the rest why not. */
export function reduceHeals(draft: HealDraft, scene: HealScene): HealDraft {
  const ranks = (service: string) => rankOf(scene.subjectOf.get(service)?.tier ?? 'optional')
  const incidents = [...draft.memory.incidents].sort((a, b) => ranks(a.service) - ranks(b.service) || a.opened_ms - b.opened_ms)
  return incidents.reduce(
    (next, { id }) =>
      settle(
        next,
        scene,
        next.memory.incidents.find((incident) => incident.id === id),
      ),
    draft,
  )
}

function settle(draft: HealDraft, scene: HealScene, incident: OpenIncident | undefined): HealDraft {
  if (incident === undefined) return draft
  const verdict = judgeHeal(draft.memory, scene, incident)
  switch (verdict.kind) {
    case 'nothing':
      return draft
    case 'withhold':
      return withhold(draft, incident, verdict.reason, verdict.why)
    case 'quarantine':
      return quarantine(draft, scene, incident, verdict.why)
    case 'heal':
      return begin(draft, scene, incident, verdict.action, verdict.targets)
  }
}

function withhold(draft: HealDraft, incident: OpenIncident, reason: Withholding, why: string): HealDraft {
  if (incident.withheld === reason) return draft
  return tell(rememberIncident(draft, { ...incident, withheld: reason }), 'heal-withheld', incident.service, {
    incident: incident.id,
    reason,
    why,
  })
}

function quarantine(draft: HealDraft, { nowMs, policy, subjectOf }: HealScene, incident: OpenIncident, reason: string): HealDraft {
  const { service, id } = incident
  const owner = subjectOf.get(service)?.remediation.responsible_agent ?? 'operator'
  const lengthMs = Math.min(policy.quarantineMs * 2 ** Math.min(incident.quarantines, 30), policy.maxQuarantineMs)
  const held = { service, incident: id, reason, owner, since_ms: nowMs, until_ms: nowMs + lengthMs }
  const next = rememberIncident(draft, { ...incident, withheld: 'quarantined', quarantines: incident.quarantines + 1 })
  const whole = { ...budgetOf(next.memory, service), probation_ms: null }
  const put = remember(rememberBudget(next, whole), { quarantines: [...next.memory.quarantines, held] })
  const told = tell(put, 'service-quarantined', service, { incident: id, reason, owner, until_ms: held.until_ms })
  const why = `${service} is in quarantine until ${new Date(held.until_ms).toISOString()}: ${reason}; ${owner} is needed`
  return hasten(told, id, why)
}

/** From here on it counts, whether or not anybody lives to tell how it ended. */
function begin(draft: HealDraft, scene: HealScene, incident: OpenIncident, action: HealAction, targets: readonly string[]): HealDraft {
  const { nowMs, subjectOf } = scene
  const { id, service } = incident
  const under_way = {
    action,
    targets: [...targets],
    started_ms: nowMs,
    performed_ms: null,
    counts: leaseOn(scene, service)?.lifts_budget !== true,
  }
  const attempt = attemptOf(incident)
  const why = `${incident.symptom}: ${subjectOf.get(service)?.why ?? incident.why}`
  const touched = action.restarts ? [...new Set([service, ...targets])] : [service]
  const counted = touched.reduce(
    (next, target) => count(next, scene, target, action, target === service),
    rememberIncident(draft, { ...incident, under_way, withheld: null }),
  )
  const told = tell(noteTrial(counted, scene, { service, incident: id }), 'heal-started', service, {
    incident: id,
    action: action.name,
    target: targets.join(', ') || service,
    attempt,
    why,
  })
  const command = subjectOf.get(service)?.remediation.actions.find(({ name }) => name === action.name)?.command ?? null
  const act = {
    do: 'heal',
    incident: id,
    attempt,
    service,
    action,
    targets,
    command: action.kind === 'command' ? command : null,
    why,
  } as const
  return { ...told, acts: [...told.acts, act] }
}

function count(draft: HealDraft, scene: HealScene, service: string, action: HealAction, isOwn: boolean): HealDraft {
  const budget = budgetOf(draft.memory, service)
  const isLifted = leaseOn(scene, service)?.lifts_budget === true
  const restarts_ms = action.restarts && !isLifted ? [...budget.restarts_ms, scene.nowMs] : budget.restarts_ms
  if (!isOwn) return rememberBudget(draft, { ...budget, restarts_ms })
  const last = [...budget.last.filter((other) => other.action !== action.name), { action: action.name, at_ms: scene.nowMs }]
  return rememberBudget(draft, { ...budget, restarts_ms, last, streak: isLifted ? budget.streak : budget.streak + 1, calm_since_ms: null })
}
