import { type OpenIncident, toIncidentId } from '@sanctum/contracts'
import { activeTargets, type HealDraft, type HealScene, leaseOn, remember, rememberIncident, tell } from './heal-draft.ts'
import type { HealSubject } from './heal-input.ts'
import { learn } from './learn.ts'
import { recordFailure } from './take-reports.ts'

/** Incidents that begin, that end, and heals that proved themselves or did not. */
export function reduceIncidents(draft: HealDraft, scene: HealScene): HealDraft {
  const watched = draft.memory.incidents.reduce((next, incident) => watch(next, scene, incident), draft)
  const opened = scene.subjects.reduce((next, subject) => open(next, scene, subject), watched)
  return countCalm(opened, scene)
}

function watch(draft: HealDraft, scene: HealScene, incident: OpenIncident): HealDraft {
  const subject = scene.subjectOf.get(incident.service)
  // A round that knows of nothing says nothing about what is gone.
  if (subject === undefined) return scene.subjects.length === 0 ? draft : close(draft, scene, incident, 'person')
  // What is seen while a heal is performed is the heal.
  if (incident.under_way?.performed_ms === null) return draft
  if (subject.verdict === 'not-applicable') return close(draft, scene, incident, 'person')
  return passes(incident, subject) ? holdOn(draft, scene, incident) : suffer(draft, scene, incident, subject)
}

/** Whether what opened the incident is well now. What nobody could check is not. */
function passes({ probe }: OpenIncident, { passes: purposes, verdict, activity, failing }: HealSubject): boolean {
  if (verdict === 'could-not-check') return false
  if (probe !== null) return purposes.includes(probe)
  if (activity === 'failed' || activity === 'backing-off' || activity === 'stopped' || activity === 'starting') return false
  // A process that answers at all is there again; what else it lacks is another incident.
  return verdict === 'healthy' || verdict === 'drift' || (verdict === 'failed' && (failing === 'contract' || failing === 'readiness'))
}

function holdOn(draft: HealDraft, scene: HealScene, incident: OpenIncident): HealDraft {
  const well_since_ms = incident.well_since_ms ?? scene.nowMs
  const heldMs = scene.nowMs - Math.max(well_since_ms, incident.under_way?.performed_ms ?? well_since_ms)
  if (heldMs < scene.policy.holdMs) return rememberIncident(draft, { ...incident, well_since_ms })
  return close(prove(draft, scene, incident), scene, { ...incident, well_since_ms }, healedBy(scene, incident))
}

function healedBy(scene: HealScene, { under_way, service, attempts }: OpenIncident): string {
  if (under_way !== null) return under_way.action.name
  return leaseOn(scene, service) !== null && attempts.length === 0 ? 'person' : 'itself'
}

function prove(draft: HealDraft, { nowMs }: HealScene, incident: OpenIncident): HealDraft {
  const heal = incident.under_way
  if (heal === null) return draft
  const why = `what opened the incident is well and stayed so for the hold time`
  const data = { incident: incident.id, action: heal.action.name, took_ms: nowMs - heal.started_ms, why }
  const learned = learn(draft.memory.learned, incident, heal.action.name, true)
  return tell(remember(draft, { learned }), 'heal-proven', incident.service, data)
}

function close(draft: HealDraft, { nowMs }: HealScene, incident: OpenIncident, healed_by: string): HealDraft {
  const { id, service, opened_ms, since_ms, well_since_ms } = incident
  const quarantine = draft.memory.quarantines.find(({ incident: held }) => held === id)
  const rest = remember(draft, {
    incidents: draft.memory.incidents.filter((other) => other.id !== id),
    quarantines: draft.memory.quarantines.filter((other) => other !== quarantine),
    held: draft.memory.held.filter(({ incident: held }) => held !== id),
  })
  const free =
    quarantine === undefined
      ? rest
      : tell(rest, 'quarantine-ended', service, {
          incident: id,
          reason: 'its incident is over',
          owner: quarantine.owner,
          until_ms: quarantine.until_ms,
        })
  return tell(free, 'incident-closed', service, {
    incident: id,
    lasted_ms: nowMs - opened_ms,
    healed_by,
    since_ms,
    well_since_ms: well_since_ms ?? nowMs,
  })
}

/** The trouble goes on. A heal had its time to show itself, unless nobody could see it, or another service is in its way now. */
function suffer(draft: HealDraft, scene: HealScene, incident: OpenIncident, subject: HealSubject): HealDraft {
  const ill = { ...incident, well_since_ms: null }
  const heal = ill.under_way
  if (heal === null || heal.performed_ms === null) return rememberIncident(draft, ill)
  if (subject.starting || subject.verdict !== 'failed')
    return rememberIncident(draft, { ...ill, under_way: { ...heal, performed_ms: scene.nowMs } })
  if (scene.nowMs - heal.performed_ms < scene.policy.settleMs) return rememberIncident(draft, ill)
  const data = { incident: ill.id, action: heal.action.name, took_ms: scene.nowMs - heal.started_ms, why: subject.why }
  return recordFailure(tell(draft, 'heal-unproven', ill.service, data), scene, ill, 'unproven')
}

/** Only a confirmed failure that is the service's own opens an incident; a start, and a heal that touches it, are none. */
function open(draft: HealDraft, { nowMs }: HealScene, subject: HealSubject): HealDraft {
  const { service, verdict, confirmed, cause, starting, wanted, failing, why, sinceMs, activity } = subject
  if (verdict !== 'failed' || !confirmed || cause !== null || starting || wanted === false) return draft
  // Nobody has asked for it yet, as in the moment between a first start of the watchdog and that of the others.
  if (activity === 'stopped' && wanted === null) return draft
  if (draft.memory.incidents.some((incident) => incident.service === service)) return draft
  const touched = activeTargets(draft.memory)
  if (touched.has(service) || subject.requires.some((edge) => edge.strength === 'hard' && touched.has(edge.service))) return draft
  const symptom = subject.symptom ?? 'crashed'
  const incident: OpenIncident = {
    id: toIncidentId(service, nowMs),
    service,
    symptom,
    probe: failing,
    why,
    since_ms: Math.min(sinceMs ?? nowMs, nowMs),
    opened_ms: nowMs,
    attempts: [],
    under_way: null,
    well_since_ms: null,
    withheld: null,
    escalations: [],
    quarantines: 0,
    acknowledged: null,
  }
  const next = remember(draft, { incidents: [...draft.memory.incidents, incident] })
  const data = { incident: incident.id, symptom, cause, why, probe: failing, since_ms: incident.since_ms }
  return tell(next, 'incident-opened', service, data)
}

/** After calm the next heal waits for nothing. */
function countCalm(draft: HealDraft, { nowMs, policy, subjectOf }: HealScene): HealDraft {
  const ill = new Set(draft.memory.incidents.map(({ service }) => service))
  const budgets = draft.memory.budgets.map((budget) => {
    const isCalm = subjectOf.get(budget.service)?.verdict === 'healthy' && !ill.has(budget.service)
    const calm_since_ms = isCalm ? (budget.calm_since_ms ?? nowMs) : null
    const isWhole = calm_since_ms !== null && nowMs - calm_since_ms >= policy.calmMs
    return { ...budget, calm_since_ms, ...(isWhole ? { streak: 0, next_ms: null, probation_ms: null } : {}) }
  })
  return remember(draft, { budgets })
}
