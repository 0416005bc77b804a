import type { OpenIncident } from '@sanctum/contracts'
import { type HealDraft, type HealScene, remember, rememberBudget, rememberIncident, tell } from './heal-draft.ts'
import type { HealReport } from './heal-input.ts'
import { budgetOf } from './healing-memory.ts'
import { learn } from './learn.ts'

/** What came of the acts. One of which nobody tells in time has failed: its teller is gone. */
export function takeReports(draft: HealDraft, scene: HealScene, reports: readonly HealReport[]): HealDraft {
  const told = reports.reduce((next, report) => takeReport(next, scene, report), draft)
  return told.memory.incidents
    .filter(({ id, under_way }) => under_way?.performed_ms === null && scene.nowMs - under_way.started_ms > limitMs(id, under_way, scene))
    .reduce((next, incident) => takeReport(next, scene, toLost(incident, scene)), told)
}

/** Which heal of its incident the next one is, or the one that is under way. */
export function attemptOf({ attempts }: OpenIncident): number {
  return attempts.length + 1
}

/**
 * A heal that may still be at its restarts is not given up: the next would restart the same services beside it. Of a watchdog that ended
 * amid a heal at most one restart goes on, since nobody begins the next.
 */
function limitMs(incident: string, { targets }: NonNullable<OpenIncident['under_way']>, scene: HealScene): number {
  const { policy, subjectOf, performing } = scene
  const restarts = targets.map((target) => subjectOf.get(target)?.restartMs ?? 0)
  const isMine = performing?.has(incident) !== false
  return Math.max(policy.reportWithinMs, isMine ? restarts.reduce((sumMs, ms) => sumMs + ms, 0) : Math.max(0, ...restarts))
}

function toLost(incident: OpenIncident, { nowMs }: HealScene): HealReport {
  const tookMs = nowMs - (incident.under_way?.started_ms ?? 0)
  return { incident: incident.id, attempt: attemptOf(incident), outcome: 'failed', tookMs, why: 'nobody told how it ended' }
}

function takeReport(draft: HealDraft, scene: HealScene, { incident: id, attempt, outcome, why, tookMs }: HealReport): HealDraft {
  const incident = draft.memory.incidents.find((candidate) => candidate.id === id)
  const heal = incident?.under_way
  if (incident === undefined || heal == null || heal.performed_ms !== null || attempt !== attemptOf(incident)) return draft
  const data = {
    incident: id,
    action: heal.action.name,
    target: heal.targets.join(', ') || incident.service,
    outcome,
    took_ms: tookMs,
    why,
  }
  const ended = tell(draft, 'heal-ended', incident.service, data)
  if (outcome === 'failed') return recordFailure(ended, scene, incident, 'failed')
  return rememberIncident(ended, { ...incident, under_way: { ...heal, performed_ms: scene.nowMs } })
}

/** A heal that did not help: it is learned from, and the next one waits longer. */
export function recordFailure(draft: HealDraft, scene: HealScene, incident: OpenIncident, outcome: 'failed' | 'unproven'): HealDraft {
  const heal = incident.under_way
  if (heal === null) return draft
  const attempt = { action: heal.action.name, at_ms: heal.started_ms, outcome, counts: heal.counts }
  const next = rememberIncident(draft, { ...incident, under_way: null, attempts: [...incident.attempts, attempt].slice(-KEPT) })
  const learned = learn(next.memory.learned, incident, heal.action.name, false)
  const budget = budgetOf(next.memory, incident.service)
  return rememberBudget(remember(next, { learned }), { ...budget, next_ms: scene.nowMs + waitMs(budget.streak, scene) })
}

const KEPT = 100

/** Doubled with each heal that was needed without calm between, and never the same for two that fell together. */
function waitMs(streak: number, { policy, random }: HealScene): number {
  const grown = policy.backoffMs * 2 ** Math.min(Math.max(streak - 1, 0), 30)
  return Math.round(Math.min(grown * (0.8 + 0.4 * random()), policy.maxBackoffMs))
}
