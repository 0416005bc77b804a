import { type HealDraft, type HealScene, remember, rememberBudget, rememberIncident, tell } from './heal-draft.ts'
import type { HealRequest } from './heal-input.ts'
import { budgetOf } from './healing-memory.ts'

/** What people asked for: silence about an incident that they know of, or another chance for a service in quarantine. */
export function takeRequests(draft: HealDraft, { nowMs }: HealScene, requests: readonly HealRequest[]): HealDraft {
  return requests.reduce(
    (next, request) => (request.do === 'acknowledge' ? acknowledge(next, request, nowMs) : release(next, request)),
    draft,
  )
}

function acknowledge(draft: HealDraft, { incident: id, by, why }: Extract<HealRequest, { do: 'acknowledge' }>, nowMs: number): HealDraft {
  const incident = draft.memory.incidents.find((candidate) => candidate.id === id)
  if (incident === undefined || incident.acknowledged !== null) return draft
  const known = rememberIncident(draft, { ...incident, acknowledged: { by, why, at_ms: nowMs } })
  const heard = remember(known, { held: known.memory.held.filter(({ incident: held }) => held !== id) })
  return tell(heard, 'incident-acknowledged', incident.service, { incident: id, by, why })
}

/** The whole budget again: the person says that what spent it is mended. */
function release(draft: HealDraft, { service, by, why }: Extract<HealRequest, { do: 'release' }>): HealDraft {
  const held = draft.memory.quarantines.find((quarantine) => quarantine.service === service)
  if (held === undefined) return draft
  const whole = { ...budgetOf(draft.memory, service), restarts_ms: [], streak: 0, next_ms: null, probation_ms: null }
  const incidents = draft.memory.incidents.map((incident) => (incident.id === held.incident ? { ...incident, attempts: [] } : incident))
  const free = remember(rememberBudget(draft, whole), {
    quarantines: draft.memory.quarantines.filter((quarantine) => quarantine !== held),
    incidents,
  })
  return tell(free, 'quarantine-ended', service, {
    incident: held.incident,
    reason: `released by ${by}: ${why}`,
    owner: held.owner,
    until_ms: held.until_ms,
  })
}
