import { type PlanPorts, planUp, runUnitPlan, type StepOutcome, type UnitGraph, type UnitPlan } from '@sanctum/supervisor'
import { createMemoryManager, type MemoryUnit } from '@sanctum/supervisor/testing'
import { buildRequirement, buildService, buildUnitState } from '@sanctum/testkit'
import { describe, expect, it } from 'vitest'

const graph: UnitGraph = {
  services: {
    prepare: buildService('prepare', { kind: 'oneshot' }),
    server: buildService('server', { requires: [buildRequirement('prepare')] }),
    agent: buildService('agent', { requires: [buildRequirement('server')] }),
    nightly: buildService('nightly', { kind: 'periodic' }),
  },
  order: ['prepare', 'server', 'agent', 'nightly'],
}
const units: readonly MemoryUnit[] = [
  { service: 'prepare', kind: 'oneshot' },
  { service: 'server' },
  { service: 'agent' },
  { service: 'nightly', kind: 'periodic' },
]

async function run(change: readonly MemoryUnit[], isReady: (service: string, upMs: number) => boolean = () => true) {
  const manager = createMemoryManager([...units.filter(({ service }) => !change.some((other) => other.service === service)), ...change])
  let upMs = 0
  const told: StepOutcome[] = []
  const ports: PlanPorts = {
    manager,
    isReady: async (service) => isReady(service, upMs),
    patienceMs: () => 1000,
    upMs: () => upMs,
    pause: async (ms) => {
      upMs += ms
    },
    onOutcome: (outcome) => told.push(outcome),
  }
  const outcomes = await runUnitPlan(planUp(graph, await manager.list()), ports)
  return {
    outcomes: Object.fromEntries(outcomes.map(({ service, kind }) => [service, kind])),
    calls: manager.calls,
    told,
    why: Object.fromEntries(outcomes.map(({ service, why }) => [service, why])),
  }
}

describe('runUnitPlan', () => {
  it('does each step once its gates are open', async () => {
    const { outcomes, calls, told } = await run([])
    expect(outcomes).toEqual({ prepare: 'done', server: 'done', agent: 'done', nightly: 'done' })
    expect(calls.filter((call) => call !== 'start nightly')).toEqual(['start prepare', 'start server', 'start agent'])
    expect(told).toHaveLength(4)
  })

  it('waits for readiness, not for running', async () => {
    const { outcomes, calls } = await run([], (service, upMs) => service !== 'server' || upMs > 500)
    expect(outcomes['agent']).toBe('done')
    expect(calls.indexOf('start agent')).toBeGreaterThan(calls.indexOf('start server'))
  })

  it('begins nothing behind what does not become ready, and nothing else suffers', async () => {
    const { outcomes, calls, why } = await run([], (service) => service !== 'server')
    expect(outcomes).toEqual({ prepare: 'done', server: 'not-ready', agent: 'not-begun', nightly: 'done' })
    expect(calls).not.toContain('start agent')
    expect(why['agent']).toContain('server: not ready in time')
  })

  it('carries a failure along the hard edges', async () => {
    const { outcomes } = await run([{ service: 'prepare', kind: 'oneshot', startsAs: 'failed' }])
    expect(outcomes).toEqual({ prepare: 'failed', server: 'not-begun', agent: 'not-begun', nightly: 'done' })
  })

  it.each([
    ['waits for its time', { activity: 'waiting', loaded: true, pid: null }, 'done'],
    ['is silent', { activity: 'unknown', loaded: false, pid: null }, 'not-ready'],
    ['has a process in a state without a name, and is not loaded', { activity: 'unknown', loaded: false, pid: 7 }, 'not-ready'],
    ['is loaded, and how its last run ended is not known', { activity: 'unknown', loaded: true, pid: null }, 'done'],
  ] as const)('asks whether a unit is armed that %s', async (_, state, kind) => {
    let upMs = 0
    const ports: PlanPorts = {
      manager: { ...createMemoryManager(units), list: async () => [buildUnitState('nightly', state)] },
      isReady: async () => true,
      patienceMs: () => 1000,
      upMs: () => upMs,
      pause: async (ms) => {
        upMs += ms
      },
    }
    const plan: UnitPlan = {
      steps: [{ do: 'start', service: 'nightly', after: [], comesTo: 'armed', stage: 0, why: 'asked' }],
      skipped: [],
    }
    expect(await runUnitPlan(plan, ports)).toMatchObject([{ kind }])
  })
})
