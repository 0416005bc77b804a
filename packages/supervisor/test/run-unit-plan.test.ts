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

  const portsOf = (manager: PlanPorts['manager']): PlanPorts => {
    let upMs = 0
    const pause = async (ms: number) => {
      upMs += ms
    }
    return { manager, isReady: async () => true, patienceMs: () => 1000, upMs: () => upMs, pause }
  }

  it.each<[string, UnitPlan['steps'][number]['after'][number]['until'], boolean, string]>([
    ['is ready', 'ready', true, 'done'],
    ['is to be ready and is down', 'ready', false, 'not-begun'],
    ['only has to have settled', 'settled', false, 'done'],
    ['only has to be gone', 'gone', false, 'done'],
  ])('looks at a unit outside of the plan that %s', async (_, until, isUp, kind) => {
    const manager = createMemoryManager(units)
    if (isUp) await manager.start('server')
    const step = { do: 'start', service: 'agent', after: [{ service: 'server', until }], comesTo: 'ready', stage: 0, why: 'asked' } as const
    expect(await runUnitPlan({ steps: [step], skipped: [] }, portsOf(manager))).toMatchObject([{ kind }])
  })

  it.each<[string, UnitPlan['steps'][number]['do'], boolean, object]>([
    ['a stop', 'stop', true, { kind: 'done', why: 'done' }],
    ['a stop of what is down', 'stop', false, { kind: 'unchanged', why: 'it was so already' }],
    ['a unit that is forgotten', 'forget', true, { kind: 'done', why: 'done' }],
    ['a reload that is refused', 'reload', true, { kind: 'failed', why: 'it knows no signal for that' }],
  ])('awaits nothing after the answer to %s', async (_, act, isUp, outcome) => {
    const manager = createMemoryManager(units)
    if (isUp) await manager.start('server')
    const step = { do: act, service: 'server', after: [], comesTo: 'ready', stage: 0, why: 'asked' } as const
    expect(await runUnitPlan({ steps: [step], skipped: [] }, portsOf(manager))).toMatchObject([outcome])
  })

  it('asks nothing more of a unit that has read its configuration again', async () => {
    const manager = createMemoryManager([{ service: 'server', reloads: true }])
    const step = { do: 'reload', service: 'server', after: [], comesTo: 'ready', stage: 0, why: 'asked' } as const
    expect(await runUnitPlan({ steps: [step], skipped: [] }, portsOf(manager))).toMatchObject([{ kind: 'done' }])
  })

  it('stops what is behind one that was down already', async () => {
    const manager = createMemoryManager(units)
    await manager.start('server')
    const stop = (service: string, after: readonly string[]): UnitPlan['steps'][number] => ({
      do: 'stop',
      service,
      after: after.map((id) => ({ service: id, until: 'gone' })),
      comesTo: 'ready',
      stage: 0,
      why: 'asked',
    })
    const plan: UnitPlan = { steps: [stop('agent', []), stop('server', ['agent'])], skipped: [] }
    expect((await runUnitPlan(plan, portsOf(manager))).map(({ kind }) => kind)).toEqual(['unchanged', 'done'])
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
