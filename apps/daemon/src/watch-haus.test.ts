import type { Observation, ResolvedProbe, UnitState } from '@sanctum/contracts'
import { buildUnitState } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { buildDefinition, buildServiceDefinition } from '../test/build-definition.ts'
import { toSubjects } from './healing/to-subjects.ts'
import { createHausWatch, type WatchPorts } from './watch-haus.ts'

const tcp = (port: number, pace: Partial<ResolvedProbe> = {}) =>
  ({ type: 'tcp', port, interval_s: 10, timeout_ms: 1000, open_after: 2, close_after: 1, ...pace }) as ResolvedProbe

const portOf = (probe: ResolvedProbe) => (probe.type === 'tcp' ? (probe.port as number) : 0)

/** A world in which ports answer or not, and time goes by only when it is told. */
function createWorld() {
  const world = {
    nowMs: 1_000_000,
    units: [] as UnitState[],
    down: new Set<number>(),
    asked: [] as number[],
    hang: false,
    loopDelayMs: 0,
    network: { loopback: true, uplink: true },
    clockAheadMs: 0,
    starts: null as unknown,
  }
  const ports: WatchPorts = {
    nowMs: () => world.nowMs + world.clockAheadMs,
    loopDelayMs: () => world.loopDelayMs,
    lookAtNetwork: async () => world.network,
    recallStarts: async () => world.starts,
    rememberStarts: async (document) => {
      world.starts = document
    },
    monotonicMs: () => world.nowMs,
    listUnits: async () => world.units,
    readLastRun: async () => null,
    observeProgram: () => null,
    observe: async (probe) => {
      const port = portOf(probe)
      world.asked.push(port)
      if (world.hang) await new Promise(() => {})
      const base = { atMs: world.nowMs + world.clockAheadMs, tookMs: 1 }
      return (
        world.down.has(port)
          ? { ...base, kind: 'failed', cause: 'transport', detail: 'nobody listens' }
          : { ...base, kind: 'passed', detail: 'open' }
      ) as Observation
    },
  }
  return { world, watch: createHausWatch(ports), ports }
}

const haus = buildDefinition([
  buildServiceDefinition('app', { health: { liveness: tcp(1) }, requires: [{ service: 'db', strength: 'hard' }] }),
  buildServiceDefinition('db', { health: { liveness: tcp(2) } }),
])
const upAndRunning = () => [buildUnitState('app'), buildUnitState('db', { pid: 43 })]

describe('createHausWatch', () => {
  test('everything answers: healthy', async () => {
    const { world, watch } = createWorld()
    world.units = upAndRunning()
    const view = await watch.look(haus, 50)
    expect(view).toMatchObject({ verdict: 'healthy', causes: [] })
    expect(view.services.map(({ id, verdict, activity, pid }) => [id, verdict, activity, pid])).toEqual([
      ['app', 'healthy', 'running', 4242],
      ['db', 'healthy', 'running', 43],
    ])
  })

  test('what is below goes down: named as the cause of what is above', async () => {
    const { world, watch } = createWorld()
    world.units = upAndRunning()
    await watch.look(haus, 50)
    world.down = new Set([1, 2])
    for (const _ of [1, 2, 3]) {
      world.nowMs += 10_000
      await watch.look(haus, 50)
    }
    const view = await watch.look(haus, 50)
    expect(view).toMatchObject({ verdict: 'failed', causes: ['db'] })
    expect(view.services[0]).toMatchObject({ id: 'app', verdict: 'blocked', root_cause: 'db' })
  })

  test('each probe has its own pace, and one that failed once is asked again soon', async () => {
    const { world, watch } = createWorld()
    world.units = upAndRunning()
    await watch.look(haus, 50)
    await watch.look(haus, 50)
    expect(world.asked).toEqual([1, 2])
    world.down = new Set([2])
    world.nowMs += 10_000
    await watch.look(haus, 50)
    expect(watch.nextDueMs()).toBe(1000)
    world.nowMs += 1000
    expect(await watch.look(haus, 50)).toMatchObject({ verdict: 'failed', causes: ['db'] })
    expect(world.asked).toEqual([1, 2, 1, 2, 2])
  })

  test('a probe that hangs holds up no cycle, is not asked twice at once, and nothing is made up about it', async () => {
    const { world, watch } = createWorld()
    world.units = upAndRunning()
    world.hang = true
    expect((await watch.look(haus, 10)).verdict).toBe('could-not-check')
    world.nowMs += 60_000
    expect((await watch.look(haus, 10)).verdict).toBe('could-not-check')
    expect(world.asked).toEqual([1, 2])
  })

  test('what is meant to be down is not asked', async () => {
    const { world, watch } = createWorld()
    world.units = [
      buildUnitState('app', { activity: 'stopped', wanted: false, pid: null }),
      buildUnitState('db', { activity: 'stopped', wanted: false, pid: null }),
    ]
    expect((await watch.look(haus, 50)).verdict).toBe('not-applicable')
    expect(world.asked).toEqual([])
  })

  test('a start is judged anew with each process', async () => {
    const { world, watch } = createWorld()
    const starting = buildDefinition([buildServiceDefinition('app', { health: { startup: tcp(1, { interval_s: 1 }), liveness: tcp(2) } })])
    const start = (pid: number) => {
      world.units = [buildUnitState('app', { pid, startedAtMs: world.nowMs })]
    }
    start(1)
    expect((await watch.look(starting, 50)).verdict).toBe('healthy')
    world.down = new Set([1])
    world.nowMs += 60_000
    expect((await watch.look(starting, 50)).verdict, 'a start that succeeded stays so').toBe('healthy')
    start(2)
    expect((await watch.look(starting, 50)).services[0]).toMatchObject({ verdict: 'could-not-check', why: 'starts: nobody listens' })
    world.nowMs += 31_000
    await watch.look(starting, 50)
    expect((await watch.look(starting, 50)).services[0]).toMatchObject({
      verdict: 'failed',
      why: 'did not start in its time: nobody listens',
    })
  })

  test('a service without a startup probe has the time of a start before its silence counts', async () => {
    const { world, watch } = createWorld()
    const lone = buildDefinition([buildServiceDefinition('app', { health: { liveness: tcp(1, { open_after: 1 }) }, startTimeoutS: 30 })])
    world.units = [buildUnitState('app', { pid: 1, startedAtMs: world.nowMs })]
    world.down = new Set([1])
    const view = await watch.look(lone, 50)
    expect(view.services[0]).toMatchObject({ verdict: 'could-not-check', why: 'starts: nobody listens', starting: true })
    expect(view.subjects[0]).toMatchObject({ starting: true, symptom: null })
    world.nowMs += 31_000
    expect((await watch.look(lone, 50)).subjects[0]).toMatchObject({
      verdict: 'failed',
      starting: false,
      symptom: 'transport',
      failing: 'liveness',
    })
  })

  test('who has always started slowly has the time that it needs, also under the next watchdog', async () => {
    const { world, watch, ports } = createWorld()
    const slow = buildDefinition([buildServiceDefinition('app', { health: { startup: tcp(1, { interval_s: 1 }) }, startTimeoutS: 30 })])
    world.units = [buildUnitState('app', { manager: 'systemd-user', pid: 1, startedAtMs: world.nowMs })]
    world.down = new Set([1])
    for (let second = 0; second <= 60; second++) {
      if (second === 60) world.down.clear()
      await watch.look(slow, 50)
      world.nowMs += 1000
    }
    expect(world.starts).toEqual({ schema_version: 1, services: { app: [60_001] } })
    const next = createHausWatch(ports)
    world.down = new Set([1])
    world.units = [buildUnitState('app', { manager: 'systemd-user', pid: 2, startedAtMs: world.nowMs })]
    await next.look(slow, 50)
    world.nowMs += 61_000
    expect((await next.look(slow, 50)).services[0]).toMatchObject({ verdict: 'could-not-check', starting: true })
    world.nowMs += 15_000
    expect((await next.look(slow, 50)).services[0]).toMatchObject({ verdict: 'failed' })
  })

  test('who never answers delays nobody who failed and is to be asked again', async () => {
    const { world, ports } = createWorld()
    world.units = upAndRunning()
    world.down = new Set([1])
    const silent = {
      ...ports,
      observe: (...given: Parameters<WatchPorts['observe']>) =>
        portOf(given[0]) === 2 ? new Promise<Observation>(() => {}) : ports.observe(...given),
    }
    const begun = performance.now()
    const view = await createHausWatch(silent).look(haus, 10_000)
    expect(performance.now() - begun).toBeLessThan(5000)
    expect(view.services.find(({ id }) => id === 'app')?.verdict).not.toBe('healthy')
  })

  test('a unit that our own supervisor calls running has answered, whether this watchdog saw it or not', async () => {
    const { world, watch } = createWorld()
    const app = buildDefinition([buildServiceDefinition('app', { health: { readiness: tcp(1), liveness: tcp(1) }, startTimeoutS: 600 })])
    world.down = new Set([1])
    const look = async (manager: UnitState['manager']) => {
      world.units = [buildUnitState('app', { manager, startedAtMs: world.nowMs })]
      return (await watch.look(app, 50)).subjects[0]?.starting
    }
    expect(await look('systemd-user')).toBe(true)
    expect(await look('embedded')).toBe(false)
  })

  test('of a job, and of what nobody asks, no start is waited for', async () => {
    const { world, watch } = createWorld()
    world.units = [
      buildUnitState('job', { pid: 1, startedAtMs: world.nowMs }),
      buildUnitState('mute', { pid: 2, startedAtMs: world.nowMs }),
    ]
    world.down = new Set([1])
    const services = [
      buildServiceDefinition('job', { kind: 'periodic', health: { liveness: tcp(1, { open_after: 1 }) } }),
      buildServiceDefinition('mute'),
    ]
    const { subjects } = await watch.look(buildDefinition(services), 50)
    expect(subjects.map(({ verdict, starting }) => [verdict, starting])).toEqual([
      ['failed', false],
      ['healthy', false],
    ])
  })

  test('the start of a process that was there long before is not measured', async () => {
    const { world, watch } = createWorld()
    world.units = [buildUnitState('app', { pid: 1, startedAtMs: world.nowMs - 3_600_000 })]
    await watch.look(buildDefinition([buildServiceDefinition('app', { health: { liveness: tcp(1) } })]), 50)
    expect(world.starts).toBeNull()
  })

  test('what was seen while this machine slept is nobody’s failure, and afterwards is', async () => {
    const { world, watch } = createWorld()
    world.units = upAndRunning()
    for (const _ of [1, 2]) {
      await watch.look(haus, 50)
      world.nowMs += 10_000
    }
    world.down = new Set([1, 2])
    world.clockAheadMs = 3_600_000
    for (const _ of [1, 2, 3]) {
      const view = await watch.look(haus, 50)
      expect(view.itIsMe).toContain('the machine slept')
      expect(view.verdict).not.toBe('failed')
      world.nowMs += 3000
    }
    for (let second = 0; second < 30; second++) {
      world.nowMs += 1000
      await watch.look(haus, 50)
    }
    expect(await watch.look(haus, 50)).toMatchObject({ verdict: 'failed', itIsMe: null })
  })

  test('planted fault: a watch whose two clocks are one does not know that it slept, and blames everybody', async () => {
    const { world, ports } = createWorld()
    const blind = createHausWatch({ ...ports, monotonicMs: ports.nowMs })
    world.units = upAndRunning()
    await blind.look(haus, 50)
    world.down = new Set([1, 2])
    world.clockAheadMs = 3_600_000
    for (const _ of [1, 2, 3]) {
      await blind.look(haus, 50)
      world.nowMs += 3000
    }
    expect((await blind.look(haus, 50)).verdict).toBe('failed')
  })

  test('everything silent at once and not even loopback: it is me', async () => {
    const { world, watch } = createWorld()
    world.units = upAndRunning()
    await watch.look(haus, 50)
    world.down = new Set([1, 2])
    world.network = { loopback: false, uplink: false }
    for (let second = 0; second < 20; second++) {
      world.nowMs += 1000
      const view = await watch.look(haus, 50)
      expect(view.verdict).not.toBe('failed')
      if (second === 12) expect(view.itIsMe).toBe('this machine does not even reach itself')
    }
  })

  test('a manager that is silent is no service that is down', async () => {
    const { ports } = createWorld()
    const watch = createHausWatch({ ...ports, listUnits: () => Promise.reject(new Error('D-Bus is gone')) })
    const view = await watch.look(buildDefinition([buildServiceDefinition('app')]), 50)
    expect(view.services[0]).toMatchObject({ activity: 'unknown', verdict: 'could-not-check' })
  })

  test('a silent manager counts against nobody: not against who starts, nor against who was taken down', async () => {
    const { world, ports } = createWorld()
    let isSilent = false
    const watch = createHausWatch({
      ...ports,
      listUnits: () => (isSilent ? Promise.reject(new Error('D-Bus is gone')) : ports.listUnits(two)),
    })
    const health = { liveness: tcp(1, { open_after: 1 }) }
    const two = buildDefinition([buildServiceDefinition('app', { health }), buildServiceDefinition('away', { health })])
    world.units = [
      buildUnitState('app', { manager: 'systemd-user', pid: 7, startedAtMs: world.nowMs }),
      buildUnitState('away', { activity: 'stopped', wanted: false, pid: null }),
    ]
    world.down = new Set([1])
    const seen: unknown[] = []
    for (let second = 0; second <= 100; second += 10) {
      isSilent = second > 10 && second < 80
      const { services, subjects } = await watch.look(two, 50)
      seen.push(services.map(({ verdict }) => verdict).join(' '))
      if (second === 50) {
        expect(services[0]?.why).toBe('the service manager does not say: D-Bus is gone; what it said last: it runs')
        expect(subjects.map(({ starting, wanted }) => [starting, wanted])).toEqual([
          [true, true],
          [false, false],
        ])
      }
      world.nowMs += 10_000
    }
    const open = 'could-not-check could-not-check'
    expect(seen).toEqual([
      ...Array(2).fill('could-not-check not-applicable'),
      ...Array(6).fill(open),
      // Of its thirty seconds it had ten before, and the look at 80 s ends the silence.
      ...Array(2).fill('could-not-check not-applicable'),
      'could-not-check not-applicable',
    ])
    world.nowMs += 1000
    expect((await watch.look(two, 50)).services[0]?.verdict, 'its time is over in the end').toBe('failed')
  })

  test('a manager that says nothing of one unit says nothing against it', async () => {
    const { world, watch } = createWorld()
    world.units = [
      buildUnitState('app', { activity: 'unknown', loaded: false, wanted: null, pid: null, why: 'systemd gives no answer: no bus' }),
    ]
    const view = await watch.look(buildDefinition([buildServiceDefinition('app')]), 50)
    expect(view.services[0]).toMatchObject({
      verdict: 'could-not-check',
      why: 'the service manager does not say: systemd gives no answer: no bus',
    })
  })

  test('where its manager is silent a service that fails is told, and no restart of it is tried', async () => {
    const { world, ports } = createWorld()
    let isSilent = false
    const watch = createHausWatch({
      ...ports,
      listUnits: () => (isSilent ? Promise.reject(new Error('D-Bus is gone')) : ports.listUnits(one)),
    })
    const one = buildDefinition([buildServiceDefinition('app', { health: { liveness: tcp(1, { open_after: 1 }) } })])
    world.units = [buildUnitState('app')]
    const refusals: unknown[] = []
    for (const silent of [false, true]) {
      isSilent = silent
      if (silent) world.down = new Set([1])
      const view = await watch.look(one, 50)
      refusals.push(toSubjects(one, view).map(({ verdict, refusal }) => [verdict, refusal]))
      world.nowMs += 10_000
    }
    expect(refusals).toEqual([[['healthy', null]], [['failed', 'the service manager does not say: D-Bus is gone']]])
  })

  test.each([
    ['is being ended as somebody asked', { pid: 7, stopping: true, why: 'it is being stopped' }, 'it is being stopped'],
    ['has just ended', { manager: 'embedded', pid: null, why: 'it is ready' }, 'its process has just ended'],
  ] as const)('what %s does not start, and says so', async (_what, given, why) => {
    const { world, watch } = createWorld()
    world.units = [buildUnitState('app', given)]
    world.down = new Set([1])
    const view = await watch.look(buildDefinition([buildServiceDefinition('app', { health: { liveness: tcp(1) } })]), 50)
    expect(view.services[0]).toMatchObject({ verdict: 'could-not-check', why })
  })

  test('a unit that the manager does not know is down, and a manifest that cannot be read is said', async () => {
    const { watch } = createWorld()
    const view = await watch.look(
      buildDefinition([buildServiceDefinition('app'), buildServiceDefinition('odd', { unreadable: 'there is no key helth' })]),
      50,
    )
    expect(view.services).toMatchObject([
      { id: 'app', verdict: 'failed', why: 'the service manager does not know its unit' },
      { id: 'odd', verdict: 'could-not-check', why: 'its manifest cannot be read: there is no key helth' },
    ])
  })

  test('a job that runs is asked for the end of the run before, with the stretch in which it was', async () => {
    const { world, ports } = createWorld()
    world.units = [buildUnitState('job', { pid: 7, lastExit: { code: 0, signal: null }, lastExitAtMs: 1000, lastExitByMs: 9000 })]
    const asked: unknown[] = []
    const observe: WatchPorts['observe'] = async (_probe, context, signal) => {
      asked.push(context.lastRun)
      return await ports.observe(tcp(1), context, signal)
    }
    const probe = { type: 'job', max_age_s: 60, interval_s: 10, timeout_ms: 1000, open_after: 1, close_after: 1 } as ResolvedProbe
    const service = buildServiceDefinition('job', { kind: 'periodic', health: { liveness: probe } })
    await createHausWatch({ ...ports, observe }).look(buildDefinition([service]), 50)
    expect(asked).toEqual([{ code: 0, signal: null, endedAtMs: 1000, endedByMs: 9000 }])
  })

  test('a restart that a person asked for is no trouble, however the look falls', async () => {
    const { world, watch } = createWorld()
    const app = buildDefinition([buildServiceDefinition('app', { health: { startup: tcp(1, { interval_s: 1 }), liveness: tcp(2) } })])
    const unit = (given: Partial<UnitState>) => [buildUnitState('app', { manager: 'embedded', startedAtMs: world.nowMs, ...given })]
    world.units = unit({ pid: 7 })
    await watch.look(app, 50)
    world.down = new Set([1, 2])
    const verdicts: string[] = []
    for (const given of [
      { pid: 7, stopping: true as const },
      { pid: null, startedAtMs: null },
      { activity: 'starting' as const, pid: null },
    ]) {
      world.nowMs += 1000
      world.units = unit(given)
      verdicts.push((await watch.look(app, 50)).services[0]?.verdict ?? '')
    }
    expect(verdicts).toEqual(['could-not-check', 'could-not-check', 'could-not-check'])
  })

  test('a startup probe is asked until it has passed for certain, so that an incident that it opened can end', async () => {
    const { world, watch } = createWorld()
    const app = buildDefinition([
      buildServiceDefinition('app', { health: { startup: tcp(1, { interval_s: 1, close_after: 2 }), liveness: tcp(2) } }),
    ])
    world.units = [buildUnitState('app', { pid: 7, startedAtMs: world.nowMs })]
    const passes: boolean[] = []
    for (const _ of [1, 2, 3, 4]) {
      passes.push((await watch.look(app, 50)).subjects[0]?.passes.includes('startup') ?? false)
      world.nowMs += 1000
    }
    expect([passes, world.asked.filter((port) => port === 1).length]).toEqual([[false, true, true, true], 2])
  })

  test('that one was silent before anybody asked for it does not stand against the process that is started then', async () => {
    const { world, watch } = createWorld()
    const readiness = tcp(1, { interval_s: 1, open_after: 3, close_after: 2 })
    const app = buildDefinition([buildServiceDefinition('app', { health: { readiness, liveness: tcp(2) } })])
    const idle = buildUnitState('app', { manager: 'embedded', activity: 'stopped', wanted: null, pid: null, startedAtMs: null })
    world.units = [idle]
    world.down = new Set([1, 2])
    for (const _ of [1, 2, 3, 4]) {
      await watch.look(app, 50)
      world.nowMs += 1000
    }
    expect(world.asked).toEqual([])
    world.down = new Set()
    world.units = [buildUnitState('app', { manager: 'embedded', pid: 7, startedAtMs: world.nowMs })]
    expect((await watch.look(app, 50)).services[0]?.verdict).toBe('healthy')
  })

  test('what did not answer while it started is not held against it in the moment in which it is ready', async () => {
    const { world, watch } = createWorld()
    const readiness = tcp(1, { interval_s: 1, open_after: 3, close_after: 2 })
    const app = buildDefinition([buildServiceDefinition('app', { health: { readiness, liveness: tcp(2) } })])
    const unit = (activity: 'starting' | 'running') => [
      buildUnitState('app', { manager: 'embedded', activity, pid: 7, startedAtMs: 1_000_000 }),
    ]
    const verdicts: string[] = []
    for (const activity of ['starting', 'starting', 'starting', 'starting', 'running', 'running'] as const) {
      world.units = unit(activity)
      world.down = new Set(activity === 'starting' ? [1, 2] : [])
      verdicts.push((await watch.look(app, 50)).services[0]?.verdict ?? '')
      world.nowMs += 1000
    }
    expect(verdicts).toEqual([...Array(4).fill('could-not-check'), 'healthy', 'healthy'])
  })
})
