import type { UnitState } from '@sanctum/contracts'
import { isGood, type UnitManager, type UnitReply } from './unit-manager.ts'
import type { StepGate, UnitPlan, UnitStep } from './unit-plan.ts'

/** What came of a step. `done` is the whole of it: a start that became ready, a one-shot that ended well. */
export interface StepOutcome {
  readonly do: UnitStep['do']
  readonly service: string
  readonly kind: 'done' | 'unchanged' | 'failed' | 'not-ready' | 'not-begun'
  readonly why: string
}

export interface PlanPorts {
  readonly manager: UnitManager
  /** Whether a service that runs also answers; where the manager itself knows, `running` is enough. */
  isReady(service: string): Promise<boolean>
  /** Milliseconds that a service may take to become ready or to end. */
  patienceMs(service: string): number
  upMs(): number
  pause(ms: number): Promise<void>
  onOutcome?(outcome: StepOutcome): void
}

/** Does the steps, each as soon as its gates are open and no sooner. A step behind a hard gate that stays shut is not begun. */
export async function runUnitPlan(plan: UnitPlan, ports: PlanPorts): Promise<readonly StepOutcome[]> {
  const outcomes = new Map<string, Promise<StepOutcome>>()
  for (const step of plan.steps) outcomes.set(step.service, runStep(step, ports, outcomes))
  return Promise.all(outcomes.values())
}

const PACE_MS = 50

async function runStep(step: UnitStep, ports: PlanPorts, others: ReadonlyMap<string, Promise<StepOutcome>>): Promise<StepOutcome> {
  const shut = await firstShut(step.after.map((gate) => passGate(gate, ports, others.get(gate.service))))
  const outcome = shut === null ? await perform(step, ports) : answer(step, 'not-begun', shut)
  ports.onOutcome?.(outcome)
  return outcome
}

async function firstShut(gates: readonly Promise<string | null>[]): Promise<string | null> {
  return (await Promise.all(gates)).find((why) => why !== null) ?? null
}

/** Null if the gate opens, else why it stays shut. */
async function passGate({ service, until }: StepGate, ports: PlanPorts, step: Promise<StepOutcome> | undefined): Promise<string | null> {
  if (step !== undefined) {
    const { kind, why } = await step
    return until === 'settled' || kind === 'done' || kind === 'unchanged' ? null : `${service}: ${why}`
  }
  if (until === 'settled' || until === 'gone') return null
  const seen = await awaitGoal(service, until, ports)
  return seen.kind === 'done' ? null : `${service}: ${seen.why}`
}

async function perform(step: UnitStep, ports: PlanPorts): Promise<StepOutcome> {
  const reply: UnitReply = await ports.manager[step.do](step.service)
  if (!isGood(reply)) return answer(step, 'failed', 'why' in reply ? reply.why : reply.kind)
  if (step.do === 'stop' || step.do === 'forget' || step.do === 'reload') {
    return answer(step, reply.kind === 'accepted' ? 'done' : 'unchanged', reply.kind === 'accepted' ? 'done' : 'it was so already')
  }
  const seen = await awaitGoal(step.service, step.comesTo, ports)
  return answer(step, seen.kind, seen.why)
}

function answer({ do: act, service }: UnitStep, kind: StepOutcome['kind'], why: string): StepOutcome {
  return { do: act, service, kind, why }
}

interface Sight {
  readonly kind: 'done' | 'failed' | 'not-ready'
  readonly why: string
}

async function awaitGoal(service: string, goal: UnitStep['comesTo'], ports: PlanPorts): Promise<Sight> {
  const deadline = ports.upMs() + ports.patienceMs(service)
  for (;;) {
    const state = (await ports.manager.list()).find((candidate) => candidate.service === service)
    const seen = state === undefined ? null : await look(state, goal, ports)
    if (seen !== null) return seen
    if (ports.upMs() >= deadline) return { kind: 'not-ready', why: `not ready in time: ${state?.why ?? 'the manager does not know it'}` }
    await ports.pause(PACE_MS)
  }
}

/** Null while it may still come. */
async function look({ service, activity, loaded, why }: UnitState, goal: UnitStep['comesTo'], ports: PlanPorts): Promise<Sight | null> {
  // Not only silence counts against it: what is not loaded is not armed, even where a process of it is in a state without a name.
  if (goal === 'armed') return activity === 'stopped' || (activity === 'unknown' && !loaded) ? null : { kind: 'done', why }
  if (activity === 'completed') return { kind: 'done', why }
  if (activity === 'failed') return { kind: 'failed', why }
  return goal === 'ready' && activity === 'running' && (await ports.isReady(service)) ? { kind: 'done', why } : null
}
