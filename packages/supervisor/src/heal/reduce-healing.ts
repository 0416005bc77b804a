import type { HealingDocument } from '@sanctum/contracts'
import { type HealDraft, type HealScene, rememberIncident, tell } from './heal-draft.ts'
import type { HealReport, HealRequest, HealRound, HealStep } from './heal-input.ts'
import { shiftMoments } from './healing-memory.ts'
import { reduceBreaker } from './reduce-breaker.ts'
import { reduceEscalations } from './reduce-escalations.ts'
import { reduceHeals } from './reduce-heals.ts'
import { reduceIncidents } from './reduce-incidents.ts'
import { reduceLeases } from './reduce-leases.ts'
import { reduceQuarantines } from './reduce-quarantines.ts'
import { takeReports } from './take-reports.ts'
import { takeRequests } from './take-requests.ts'

/**
 * One round of the healer: what it knows after it, what is to be done, and what is to be told. The memory must be durable before any of
 * the acts begins, since the acts count from then on. `random` gives numbers from 0 up to 1.
 */
export function reduceHealing(
  memory: HealingDocument,
  round: HealRound,
  reports: readonly HealReport[],
  requests: readonly HealRequest[],
  random: () => number,
): HealStep {
  const scene: HealScene = { ...round, random, subjectOf: new Map(round.subjects.map((subject) => [subject.service, subject])) }
  const start: HealDraft = { memory: atMoment(memory, round), acts: [], events: [], urgent: {} }
  const told = takeReports(takeRequests(start, scene, requests), scene, reports)
  const stages = round.itIsMe === null ? [...watching, ...acting] : [waitForMyself]
  const { acts, events, memory: next } = [...stages, forget].reduce((draft, stage) => stage(draft, scene), told)
  return { memory: next, acts, events }
}

/** A clock that is kept right runs a little faster or slower; following that would rewrite the memory in every round. */
const SLEWED_MS = 1000

type Stage = (draft: HealDraft, scene: HealScene) => HealDraft

const watching: readonly Stage[] = [reduceLeases, reduceIncidents, reduceQuarantines, reduceBreaker]
const acting: readonly Stage[] = [reduceHeals, reduceEscalations]

/** A clock that was set moves nothing; one that went back without anybody saying so was set by that much at least. */
function atMoment(memory: HealingDocument, { nowMs, clockShiftMs = 0 }: HealRound): HealingDocument {
  const shifted = shiftMoments(memory, Math.abs(clockShiftMs) < SLEWED_MS ? 0 : clockShiftMs)
  return { ...shiftMoments(shifted, Math.min(0, nowMs - shifted.at_ms)), at_ms: nowMs }
}

/** While what is seen may be its own trouble, the healer neither opens nor closes, neither acts nor calls. */
function waitForMyself(draft: HealDraft, { itIsMe, nowMs }: HealScene): HealDraft {
  return draft.memory.incidents.reduce((next, incident) => {
    const performed = incident.under_way?.performed_ms ?? null
    const under_way =
      incident.under_way === null || performed === null ? incident.under_way : { ...incident.under_way, performed_ms: nowMs }
    const waiting = rememberIncident(next, { ...incident, under_way, well_since_ms: null, withheld: 'it-is-me' })
    if (incident.withheld === 'it-is-me') return waiting
    return tell(waiting, 'heal-withheld', incident.service, { incident: incident.id, reason: 'it-is-me', why: itIsMe })
  }, draft)
}

const DAY_MS = 24 * 60 * 60_000

/** What no window can see any more goes. */
function forget(draft: HealDraft, { nowMs, policy, subjectOf }: HealScene): HealDraft {
  const { budgets, notifications_ms } = draft.memory
  const kept = budgets.map((budget) => {
    const { window_s = 0, actions = [] } = subjectOf.get(budget.service)?.remediation ?? {}
    const since = nowMs - Math.max(DAY_MS, window_s * 1000, policy.globalWindowMs)
    const longest = nowMs - Math.max(DAY_MS, ...actions.map(({ cooldown_s }) => cooldown_s * 1000))
    return {
      ...budget,
      restarts_ms: budget.restarts_ms.filter((at) => at > since),
      last: budget.last.filter(({ at_ms }) => at_ms > longest),
    }
  })
  return { ...draft, memory: { ...draft.memory, budgets: kept, notifications_ms: notifications_ms.filter((at) => at > nowMs - DAY_MS) } }
}
