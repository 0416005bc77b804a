import type { Finding, Haus, TrialDocument } from '@sanctum/contracts'
import { judgeTrial, numberOf, type TrialJudgement } from '@sanctum/generations'
import type { UnitPlan } from '@sanctum/supervisor'
import type { Ports } from '../ports.ts'

/** What is on trial here, and what that means at this moment. */
export interface TrialSight {
  readonly trial: TrialDocument | null
  readonly judgement: TrialJudgement
}

export function seeTrial({ generations, machine }: Ports): TrialSight {
  const home = generations([])
  const trial = home.readTrial()
  const { current, confirmed } = home.readPointers()
  const judgement = judgeTrial(trial, {
    current: numberOf(current),
    confirmed: numberOf(confirmed),
    bootId: machine.bootId(),
    upMs: machine.upMs(),
    isRunnerAlive: trial !== null && machine.isAlive(trial.by),
  })
  return { trial, judgement }
}

export interface TrialPlan {
  readonly generation: number
  /** The generation that was current before; it is the goal where none was ever confirmed. */
  readonly before: number | null
  readonly command: string
  readonly units: Pick<UnitPlan, 'steps'>
  /** Services that are proven without being started anew. */
  readonly reprobed: readonly string[]
}

/** The trial of a generation by this process; null where there is nothing to go back to. */
export function toTrial(ports: Ports, haus: Haus, plan: TrialPlan): TrialDocument | null {
  const { confirmed } = ports.generations([]).readPointers()
  const goal = confirmed.kind === 'set' ? confirmed.number : plan.before
  if (goal === null || goal === plan.generation) return null
  const { generation, command } = plan
  return {
    schema_version: 1,
    generation,
    goal,
    command,
    ...toWork(ports, haus, plan),
    state: 'trying',
    why: null,
    because: [],
  }
}

/** The same trial once this process goes back from it. */
export function toReverting(
  ports: Ports,
  haus: Haus,
  trial: TrialDocument,
  { why, units, reprobed }: Pick<TrialPlan, 'units' | 'reprobed'> & { readonly why: string },
): TrialDocument {
  return { ...trial, ...toWork(ports, haus, { units, reprobed }), state: 'reverting', why }
}

/** The same trial once it is known to have failed. */
export function toFailed(trial: TrialDocument, proof: readonly Finding[]): TrialDocument {
  const because = proof.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  return { ...trial, state: 'failed', why: 'its services were not proven well', because }
}

function toWork({ machine, clock }: Ports, haus: Haus, plan: Pick<TrialPlan, 'units' | 'reprobed'>) {
  return {
    by: machine.self(),
    boot_id: machine.bootId(),
    begun_at: new Date(clock.now()).toISOString(),
    begun_up_ms: machine.upMs(),
    within_s: toPatience(haus, plan),
  }
}

/** Beyond what its services may take. */
const SLACK_S = 15
/** Of a generation that was made before there was such a policy. */
const LONGEST_S = 1800

/** As long as the steps may take by what the catalog says of each service: the slowest of every stage, and no longer than the policy. */
function toPatience({ services, policies }: Haus, { units, reprobed }: Pick<TrialPlan, 'units' | 'reprobed'>): number {
  const stages = Map.groupBy(units.steps, ({ stage }) => stage)
  const startOf = (id: string) => services[id]?.start_timeout_s ?? 0
  const secondsOf = (id: string) => startOf(id) + (services[id]?.stop.timeout_s ?? 0)
  const needed = [...stages.values()].reduce((sum, steps) => sum + Math.max(...steps.map(({ service }) => secondsOf(service))), 0)
  return Math.min(policies.confirm_within_s ?? LONGEST_S, Math.ceil(needed + Math.max(0, ...reprobed.map(startOf)) + SLACK_S))
}
