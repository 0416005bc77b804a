import { type Gate, isJob, type UnitLife } from './unit-life.ts'

type Units = ReadonlyMap<string, UnitLife>

/**
 * Whether a unit may start. A hard requirement must be ready, or have ended well if it is a one-shot; a soft one is waited for only
 * while it is on its way. `present` holds services that are there without being supervised, such as the supervisor itself.
 */
export function judgeRequirements(service: string, units: Units, present: ReadonlySet<string>): Gate {
  for (const { service: required, strength } of units.get(service)?.definition?.requires ?? []) {
    if (present.has(required)) continue
    const why = strength === 'hard' ? missing(required, units.get(required)) : onItsWay(required, service, units)
    if (why !== null) return { open: false, why }
  }
  return { open: true }
}

function missing(required: string, unit: UnitLife | undefined): string | null {
  if (unit === undefined || unit.definition === null) return `waits for ${required}, which no generation describes`
  if (unit.definition.kind === 'periodic' || isMet(unit)) return null
  return unit.wanted.up ? `waits for ${required}: ${unit.why}` : `waits for ${required}, which is not wanted up`
}

function isMet({ definition, phase }: UnitLife): boolean {
  if (definition !== null && isJob(definition)) return phase.at === 'down' && phase.as === 'completed'
  return phase.at === 'running'
}

function onItsWay(required: string, service: string, units: Units): string | null {
  const unit = units.get(required)
  if (unit === undefined || unit.definition === null || unit.definition.kind === 'periodic' || isMet(unit)) return null
  const comes = unit.wanted.up && (unit.phase.at === 'down' ? !unit.phase.held : unit.phase.at !== 'backing-off')
  return comes && !leadsTo(required, service, units, new Set()) ? `waits until ${required} has had its chance: ${unit.why}` : null
}

/** Services that wait for each other softly do not wait at all. */
function leadsTo(from: string, to: string, units: Units, seen: Set<string>): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  return (units.get(from)?.definition?.requires ?? []).some(({ service }) => leadsTo(service, to, units, seen))
}
