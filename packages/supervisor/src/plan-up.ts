import type { UnitState } from '@sanctum/contracts'
import { lacksMark } from './lacks-mark.ts'
import {
  goalOf,
  neverStarted,
  type PlannedService,
  stageSteps,
  startGates,
  startOrder,
  type UnitGraph,
  type UnitPlan,
} from './unit-plan.ts'

/** The starts that bring up what the catalog says, each after what it requires. What runs and is wanted, or has ended as it should, is left alone. */
export function planUp(graph: UnitGraph, states: readonly UnitState[], { only }: { readonly only?: readonly string[] } = {}): UnitPlan {
  const order = startOrder(graph)
  const stateOf = new Map(states.map((state) => [state.service, state]))
  const asked = new Set(only ?? order)
  const rows = order
    .filter((id) => asked.has(id))
    .map((id) => ({ id, reason: reasonToSkip(graph.services[id] as PlannedService, stateOf.get(id), only !== undefined) }))
  return {
    steps: stageSteps(
      rows
        .filter(({ reason }) => reason === null)
        .map(({ id }) => ({
          do: 'start',
          service: id,
          after: startGates(id, graph, order),
          comesTo: goalOf(id, graph),
          why: whyStart(stateOf.get(id)),
        })),
    ),
    skipped: rows.flatMap(({ id, reason }) => (reason === null ? [] : [{ service: id, why: reason }])),
  }
}

/** A fallback is started only by its own name: by a person, or by the router. */
function reasonToSkip(service: PlannedService, state: UnitState | undefined, isNamed: boolean): string | null {
  const never = neverStarted[service.kind]
  if (never !== undefined) return never
  if (service.fallback_only && !isNamed) return 'it is started only when its primary is lost'
  if (state === undefined || state.wanted === false || lacksMark(state)) return null
  return satisfied[state.activity] ?? null
}

const satisfied: Readonly<Partial<Record<UnitState['activity'], string>>> = {
  running: 'it runs already',
  starting: 'it is starting already',
  completed: 'it has ended as it should',
  'backing-off': 'it is about to be started again',
  waiting: 'it waits for its time, or for what it requires',
}

function whyStart(state: UnitState | undefined): string {
  if (state === undefined) return 'it is not known to the manager yet'
  return lacksMark(state) ? 'it runs, but the note that it is wanted is gone' : `it is ${state.activity}: ${state.why}`
}
