import type { UnitState } from '@sanctum/contracts'
import { goalOf, type PlannedService, type StepGate, stageSteps, startOrder, type UnitGraph, type UnitPlan } from './unit-plan.ts'

/** The stops that bring down what runs or is wanted, each after what requires it; the supervisor last. Units without a service go first. */
export function planDown(graph: UnitGraph, states: readonly UnitState[], { only }: { readonly only?: readonly string[] } = {}): UnitPlan {
  const known = new Set(startOrder(graph))
  const strangers = states.map(({ service }) => service).filter((id) => !known.has(id))
  const order = [...strangers, ...[...known].reverse()]
  const stateOf = new Map(states.map((state) => [state.service, state]))
  const stopping = order.filter((id) => (only === undefined || only.includes(id)) && isUp(stateOf.get(id)))
  const skipped = order.filter((id) => (only === undefined || only.includes(id)) && !stopping.includes(id))
  return {
    steps: stageSteps(
      stopping.map((id) => ({
        do: 'stop',
        service: id,
        after: stopGates(id, graph, stopping),
        comesTo: goalOf(id, graph),
        why: whyStop(id, known),
      })),
    ),
    skipped: skipped.map((service) => ({ service, why: 'it does not run and is not wanted up' })),
  }
}

/** Before a service stops, those that require it are gone; before the supervisor stops, all the others. */
export function stopGates(id: string, { services, supervisor }: UnitGraph, stopping: readonly string[]): StepGate[] {
  const earlier = stopping.slice(0, stopping.indexOf(id))
  const dependents = earlier.filter((other) => id === supervisor || requires(services[other], id))
  return dependents.map((service) => ({ service, until: 'gone' }))
}

function requires(service: PlannedService | undefined, id: string): boolean {
  return service?.requires.some((edge) => edge.service === id) ?? false
}

function isUp(state: UnitState | undefined): boolean {
  return (
    state !== undefined && (state.wanted === true || state.pid !== null || ['running', 'starting', 'backing-off'].includes(state.activity))
  )
}

function whyStop(id: string, known: ReadonlySet<string>): string {
  return known.has(id) ? 'it was asked to stop' : 'the catalog has no such service any more'
}
