import type { UnitImpact, UnitState } from '@sanctum/contracts'
import { buildRequirement, buildService, buildUnitState } from '@sanctum/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planApply } from './plan-apply.ts'
import { planDown } from './plan-down.ts'
import { planUp } from './plan-up.ts'
import type { UnitGraph, UnitPlan } from './unit-plan.ts'

const soft = (service: string) => buildRequirement(service, { strength: 'soft' })

const graph: UnitGraph = {
  services: {
    agent: buildService('agent', { requires: [buildRequirement('server'), soft('metrics'), buildRequirement('nightly')] }),
    home: buildService('home', { kind: 'external' }),
    metrics: buildService('metrics', { requires: [soft('agent')] }),
    nightly: buildService('nightly', { kind: 'periodic' }),
    prepare: buildService('prepare', { kind: 'oneshot' }),
    server: buildService('server', { requires: [buildRequirement('prepare', { running: false })] }),
    spare: buildService('spare', { fallback_only: true }),
    watchdog: buildService('watchdog'),
  },
  order: ['home', 'metrics', 'nightly', 'prepare', 'server', 'agent', 'spare', 'watchdog'],
  supervisor: 'watchdog',
}
const stopped = (service: string) => buildUnitState(service, { activity: 'stopped', wanted: null, pid: null, why: 'nobody asked for it' })
const nothingRuns = Object.keys(graph.services).map(stopped)

const lines = ({ steps }: UnitPlan) =>
  steps.map(({ do: act, service, after, stage }) =>
    `${stage} ${act} ${service} <- ${after.map((gate) => `${gate.service}:${gate.until}`).join(' ')}`.trim(),
  )
const services = ({ steps }: UnitPlan) => steps.map(({ service }) => service)

describe('planUp', () => {
  it('starts each after what it requires, the supervisor first, and says what it leaves alone', () => {
    const plan = planUp(graph, nothingRuns)
    expect(lines(plan)).toEqual([
      '0 start watchdog <-',
      '1 start metrics <- watchdog:ready',
      '1 start nightly <- watchdog:ready',
      '1 start prepare <- watchdog:ready',
      '2 start server <- watchdog:ready prepare:completed',
      '3 start agent <- watchdog:ready server:ready metrics:settled nightly:settled',
    ])
    expect(plan.skipped).toEqual([
      { service: 'home', why: 'somebody else runs it' },
      { service: 'spare', why: 'it is started only when its primary is lost' },
    ])
  })

  it('plans nothing for what is up, or ended as it should', () => {
    const up = Object.keys(graph.services).map((service) =>
      buildUnitState(service, service === 'prepare' ? { activity: 'completed', pid: null } : {}),
    )
    expect(planUp(graph, up).steps).toEqual([])
  })

  it.each([
    ['failed', { activity: 'failed', pid: null }],
    ['stopped by a person', { activity: 'stopped', wanted: false, pid: null }],
    ['on its way out', { activity: 'running', wanted: false }],
    ['running without a note that it is wanted', { manager: 'embedded', activity: 'running', wanted: null }],
  ] as const)('starts again what is %s', (_name, change) => {
    expect(services(planUp(graph, [buildUnitState('server', change)], { only: ['server'] }))).toEqual(['server'])
  })

  it('leaves alone what runs under a manager that does not say what is wanted', () => {
    const state = buildUnitState('server', { manager: 'launchd', activity: 'running', wanted: null })
    expect(services(planUp(graph, [state], { only: ['server'] }))).toEqual([])
  })

  it('starts a fallback by its own name only', () => {
    expect(services(planUp(graph, nothingRuns, { only: ['spare'] }))).toEqual(['spare'])
  })

  it('orders any graph so that nothing comes before what it requires', () => {
    fc.assert(
      fc.property(anyGraph, (any) => {
        const plan = planUp(any, [])
        const seen = new Set<string>()
        for (const { service, after, stage } of plan.steps) {
          for (const gate of after) {
            expect(seen.has(gate.service)).toBe(true)
            expect(plan.steps.find((step) => step.service === gate.service)?.stage).toBeLessThan(stage)
          }
          seen.add(service)
        }
        expect([...seen].sort()).toEqual(Object.keys(any.services).sort())
      }),
    )
  })
})

describe('planDown', () => {
  it('stops dependents first, the supervisor last, and what nothing describes before all', () => {
    const states: UnitState[] = [...Object.keys(graph.services).map((service) => buildUnitState(service)), buildUnitState('ghost')]
    const order = services(planDown(graph, states))
    expect(order[0]).toBe('ghost')
    expect(order.at(-1)).toBe('watchdog')
    expect(order.indexOf('agent')).toBeLessThan(order.indexOf('server'))
    expect(order.indexOf('server')).toBeLessThan(order.indexOf('prepare'))
  })

  it('is the mirror of planUp for any graph', () => {
    fc.assert(
      fc.property(anyGraph, (any) => {
        const up = services(planUp(any, []))
        const down = planDown(
          any,
          up.map((service) => buildUnitState(service)),
        )
        for (const { service, after } of down.steps) {
          const dependents = Object.values(any.services).filter(({ requires }) => requires.some((edge) => edge.service === service))
          expect(after.map((gate) => gate.service).sort()).toEqual(dependents.map(({ id }) => id).sort())
        }
      }),
    )
  })

  it('has nothing to do where nothing is up or wanted, and says so of each', () => {
    const plan = planDown(graph, nothingRuns)
    expect(plan.steps).toEqual([])
    expect(plan.skipped).toHaveLength(nothingRuns.length)
    expect(planDown(graph, nothingRuns, { only: ['server'] }).skipped).toEqual([
      { service: 'server', why: 'it does not run and is not wanted up' },
    ])
  })

  it('stops no other than what it was asked to, and says why', () => {
    const states = [...Object.keys(graph.services).map((service) => buildUnitState(service)), buildUnitState('ghost')]
    const plan = planDown(graph, states, { only: ['server', 'ghost'] })
    expect(plan.steps.map(({ service, why }) => `${service}: ${why}`)).toEqual([
      'ghost: the catalog has no such service any more',
      'server: it was asked to stop',
    ])
    expect(plan.skipped).toEqual([])
  })

  it.each([
    ['is wanted, though it has no process', { activity: 'stopped', wanted: true, pid: null }, true],
    ['has a process, though nobody wants it', { activity: 'failed', wanted: false, pid: 7 }, true],
    ['is about to be started again', { activity: 'backing-off', wanted: false, pid: null }, true],
    ['failed, and nobody wants it', { activity: 'failed', wanted: false, pid: null }, false],
  ] as const)('stops what %s: %s', (_name, change, isStopped) => {
    expect(services(planDown(graph, [buildUnitState('server', change)], { only: ['server'] }))).toEqual(isStopped ? ['server'] : [])
  })
})

describe('planApply', () => {
  const impact = (service: string, action: UnitImpact['action']): UnitImpact => ({
    service,
    unit: `com.sanctum.${service}`,
    action,
    why: 'it changed',
  })

  it('stops and forgets what goes, then changes what stays, in order', () => {
    const plan = planApply(
      [
        impact('agent', 'restart'),
        impact('server', 'restart'),
        impact('old', 'stop'),
        impact('metrics', 'reload'),
        impact('prepare', 'stay'),
      ],
      graph,
    )
    expect(lines(plan)).toEqual([
      '0 forget old <-',
      '0 reload metrics <-',
      '1 restart server <- old:settled watchdog:ready prepare:completed',
      '2 restart agent <- old:settled watchdog:ready server:ready metrics:settled nightly:settled',
    ])
    expect(plan.skipped).toEqual([{ service: 'prepare', why: 'it changed' }])
  })

  it('makes one step of a service and its timer, and forgets the unit that a service had under another name', () => {
    const of = (service: string, unit: string, action: UnitImpact['action']) => ({ ...impact(service, action), unit })
    const plan = planApply(
      [
        of('metrics', 'com.sanctum.board.service', 'start'),
        of('metrics', 'com.sanctum.metrics.service', 'stop'),
        of('nightly', 'com.sanctum.nightly.service', 'stay'),
        of('nightly', 'com.sanctum.nightly.timer', 'start'),
        of('server', 'com.sanctum.server.service', 'start'),
        of('server', 'com.sanctum.server.timer', 'stop'),
      ],
      graph,
    )
    expect(lines(plan)).toEqual([
      '0 forget metrics as com.sanctum.metrics <-',
      '1 start metrics <- metrics as com.sanctum.metrics:settled watchdog:ready',
      '1 start nightly <- metrics as com.sanctum.metrics:settled watchdog:ready',
      '1 restart server <- metrics as com.sanctum.metrics:settled watchdog:ready prepare:completed',
    ])
  })

  it('stops dependents before what they require', () => {
    expect(services(planApply([impact('server', 'stop'), impact('agent', 'stop'), impact('home', 'restart')], graph))).toEqual([
      'agent',
      'server',
    ])
  })
})

/** Services that may require, hard or soft, those with a smaller number. */
const anyGraph: fc.Arbitrary<UnitGraph> = fc
  .array(fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 4 }), { minLength: 1, maxLength: 12 })
  .map((rows) => {
    const order = rows.map((_, index) => `s${index}`)
    const all = rows.map((edges, index) => {
      const targets = new Map(index === 0 ? [] : edges.map(([target, hard]) => [`s${target % index}`, hard] as const))
      const requires = [...targets].map(([service, hard]) => buildRequirement(service, { strength: hard ? 'hard' : 'soft' }))
      return [`s${index}`, buildService(`s${index}`, { requires })] as const
    })
    return { services: Object.fromEntries(all), order }
  })
