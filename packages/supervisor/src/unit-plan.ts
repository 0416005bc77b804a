import type { ResolvedService } from '@sanctum/contracts'

/** What a plan needs to know of a service that has a unit here. */
export type PlannedService = Pick<ResolvedService, 'id' | 'kind' | 'fallback_only'> & {
  readonly requires: readonly Pick<ResolvedService['requires'][number], 'service' | 'strength'>[]
}

/** The services that have a unit here, and all ids so that each comes after what it requires. */
export interface UnitGraph {
  readonly services: Readonly<Record<string, PlannedService>>
  readonly order: readonly string[]
  /** The service that is itself the supervisor of the others, where there is one: first up, last down. */
  readonly supervisor?: string
}

/**
 * What must be so before a step. `ready`: its probe passes, or it runs where it has none. `completed`: the one-shot ended well.
 * `settled`: it is ready, or has failed; only the order matters. `gone`: nothing of it is left.
 */
export interface StepGate {
  readonly service: string
  readonly until: 'ready' | 'completed' | 'settled' | 'gone'
}

export interface UnitStep {
  readonly do: 'start' | 'stop' | 'restart' | 'reload' | 'forget'
  readonly service: string
  readonly after: readonly StepGate[]
  /** What a start comes to: a daemon is ready, a one-shot has ended well, a periodic unit waits for its time. */
  readonly comesTo: 'ready' | 'completed' | 'armed'
  /** Steps of one stage need nothing of each other. */
  readonly stage: number
  readonly why: string
}

/** Steps in an order in which they may be done one by one; those whose gates are open may be done at once. */
export interface UnitPlan {
  readonly steps: readonly UnitStep[]
  /** Services that are left as they are, and why. */
  readonly skipped: readonly { readonly service: string; readonly why: string }[]
}

const goals: Readonly<Partial<Record<PlannedService['kind'], UnitStep['comesTo']>>> = { oneshot: 'completed', periodic: 'armed' }

/** What a start of this service comes to. */
export function goalOf(id: string, { services }: UnitGraph): UnitStep['comesTo'] {
  const kind = services[id]?.kind
  return (kind && goals[kind]) ?? 'ready'
}

/** Gives each step its stage: one more than the last of the steps that it waits for. */
export function stageSteps(steps: readonly Omit<UnitStep, 'stage'>[]): UnitStep[] {
  const stages = new Map<string, number>()
  return steps.map((step) => {
    const stage = Math.max(-1, ...step.after.map(({ service }) => stages.get(service) ?? -1)) + 1
    stages.set(step.service, stage)
    return { ...step, stage }
  })
}

/** The ids in an order to start in: the supervisor, then each after what it requires. */
export function startOrder({ services, order, supervisor }: UnitGraph): string[] {
  const known = order.filter((id) => services[id] !== undefined)
  return supervisor === undefined || !known.includes(supervisor) ? known : [supervisor, ...known.filter((id) => id !== supervisor)]
}

/** What must be so before a service starts. Soft edges that point forward in the order would make a circle and are left out. */
export function startGates(id: string, graph: UnitGraph, order: readonly string[]): StepGate[] {
  const { services, supervisor } = graph
  if (id === supervisor) return []
  const before = new Set(order.slice(0, order.indexOf(id)))
  const edges = (services[id]?.requires ?? []).filter(({ service }) => services[service] !== undefined && service !== supervisor)
  const gates = edges.flatMap(({ service, strength }): StepGate[] => {
    const required = services[service] as PlannedService
    if (required.kind === 'periodic') return before.has(service) ? [{ service, until: 'settled' }] : []
    if (strength === 'hard') return [{ service, until: required.kind === 'oneshot' ? 'completed' : 'ready' }]
    return before.has(service) ? [{ service, until: 'settled' }] : []
  })
  const needsSupervisor = supervisor !== undefined && services[supervisor] !== undefined
  return needsSupervisor ? [{ service: supervisor, until: 'ready' }, ...gates] : gates
}

/** Kinds that Sanctum never starts or stops, and why. */
export const neverStarted: Readonly<Partial<Record<PlannedService['kind'], string>>> = {
  external: 'somebody else runs it',
  network: 'there is nothing to start',
}
