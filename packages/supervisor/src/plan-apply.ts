import type { UnitAction, UnitImpact } from '@sanctum/contracts'
import { isSameUnit, toFormerId } from './former-unit.ts'
import { stopGates } from './plan-down.ts'
import {
  goalOf,
  neverStarted,
  type StepGate,
  stageSteps,
  startGates,
  startOrder,
  type UnitGraph,
  type UnitPlan,
  type UnitStep,
} from './unit-plan.ts'

type Unstaged = Omit<UnitStep, 'stage'>

/**
 * The steps that make the units follow a change of their definitions: first what goes, dependents before what they require; then what
 * starts, restarts or reloads, each after what it requires. A service that the graph no longer has is forgotten as well, and so is the unit
 * that a service had under another name or in another domain: so what stays has to be told as well.
 */
export function planApply(changed: readonly UnitImpact[], graph: UnitGraph): UnitPlan {
  const impact = toServices(changed)
  const order = startOrder(graph)
  const stops = inOrder(
    impact.filter(({ action }) => action === 'stop'),
    order,
  ).reverse()
  const going = stops.map(({ service }) => service)
  const stopSteps = stops.map(
    (entry): Unstaged => ({
      do: order.includes(entry.service) ? 'stop' : 'forget',
      service: entry.service,
      after: stopGates(entry.service, graph, going),
      comesTo: goalOf(entry.service, graph),
      why: entry.why,
    }),
  )
  const changes = inOrder(impact.filter(isChange), order).filter(({ service }) => isOurs(service, graph))
  // Only the order matters: one stop that fails does not keep the rest of the haus down.
  const gone = going.map((service): StepGate => ({ service, until: 'settled' }))
  const changeSteps = changes.map(
    ({ service, action, why }): Unstaged => ({
      do: action,
      service,
      after: action === 'reload' ? [] : [...gone, ...startGates(service, graph, order)],
      comesTo: goalOf(service, graph),
      why,
    }),
  )
  return {
    steps: stageSteps([...stopSteps, ...changeSteps]),
    skipped: impact.filter((entry) => !isStep(entry, graph)).map(({ service, why }) => ({ service, why })),
  }
}

/** One row for each service, of whatever units: a service with its timer, or the one it has now beside the one it had. */
function toServices(impact: readonly UnitImpact[]): readonly UnitImpact[] {
  const byService = Map.groupBy(
    impact.map((entry) => toFormer(entry, impact)),
    ({ service }) => service,
  )
  return [...byService.values()].map((rows) => {
    const [first] = rows.toSorted((a, b) => strength.indexOf(a.action) - strength.indexOf(b.action)) as [UnitImpact]
    const isMixed = first.action === 'stop' && rows.some(({ action }) => action !== 'stop' && action !== 'stay')
    return isMixed ? { ...first, action: 'restart' } : first
  })
}

const strength: readonly UnitAction[] = ['stop', 'restart', 'start', 'reload', 'stay']

function toFormer(entry: UnitImpact, impact: readonly UnitImpact[]): UnitImpact {
  if (entry.action !== 'stop') return entry
  const kept = impact.filter(({ service, action }) => service === entry.service && action !== 'stop')
  const [now] = kept
  if (now === undefined || kept.some((each) => isSameUnit(each, entry))) return entry
  return { ...entry, service: toFormerId(entry, now) }
}

type Change = UnitImpact & { readonly action: 'start' | 'restart' | 'reload' }

function isChange(entry: UnitImpact): entry is Change {
  return entry.action !== 'stop' && entry.action !== 'stay'
}

function isStep(entry: UnitImpact, graph: UnitGraph): boolean {
  return entry.action === 'stop' || (isChange(entry) && isOurs(entry.service, graph))
}

function isOurs(service: string, { services }: UnitGraph): boolean {
  const kind = services[service]?.kind
  return kind !== undefined && neverStarted[kind] === undefined
}

/** Unknown services come last, so that they are the first to go. */
function inOrder<Entry extends UnitImpact>(entries: readonly Entry[], order: readonly string[]): Entry[] {
  const rank = new Map(order.map((id, index) => [id, index]))
  const rankOf = ({ service }: Entry) => rank.get(service) ?? order.length
  return [...entries].sort((a, b) => rankOf(a) - rankOf(b))
}
