import type { UnitState } from '@sanctum/contracts'
import type { UnitReply } from '@sanctum/supervisor'
import { buildUnitState } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { type HealPorts, longestRestartMs, performHeal } from './perform-heal.ts'

const act = {
  do: 'heal',
  incident: 'web-20261127t120000z',
  attempt: 1,
  service: 'web',
  action: { kind: 'restart', name: 'restart', restarts: true },
  targets: ['web'],
  command: null,
  why: 'it does not answer',
} as const

interface World {
  readonly alive: Set<number>
  pid: number | null
  activity: UnitState['activity']
  nowMs: number
}

/** A machine with one unit; `onRestart` says what a restart does to it. */
function createPorts(onRestart: (world: World) => UnitReply, given: Partial<HealPorts> = {}): HealPorts {
  const world: World = { alive: new Set([100]), pid: 100, activity: 'running', nowMs: 0 }
  return {
    manager: {
      list: async () => [buildUnitState('web', { pid: world.pid, activity: world.activity, why: 'as seen' })],
      restart: async () => onRestart(world),
    },
    runCommand: async () => ({ ok: true, why: 'it ended with code 0' }),
    revert: async () => 0,
    startTime: (pid) => (world.alive.has(pid) ? `start of ${pid}` : null),
    isReady: async () => true,
    patienceMs: () => 1000,
    monotonicMs: () => world.nowMs,
    pause: async (ms) => {
      world.nowMs += ms
    },
    ...given,
  }
}

const accepted: UnitReply = { kind: 'accepted', service: 'web' }
const replace = (world: World): UnitReply => {
  Object.assign(world, { alive: new Set([200]), pid: 200 })
  return accepted
}

describe('performHeal', () => {
  test('a restart is done when the old process is gone and a new one is there', async () => {
    expect(await performHeal(act, createPorts(replace))).toMatchObject({
      outcome: 'performed',
      why: 'web: process 200 took the place of 100',
    })
  })

  test.each<readonly [string, (world: World) => UnitReply, string]>([
    ['the manager took it, and nothing happened', () => accepted, 'process 100 did not end'],
    [
      'an orphan stays beside the new process',
      (world) => {
        world.alive.add(200)
        world.pid = 200
        return accepted
      },
      'process 100 did not end',
    ],
    [
      'the old one ended and none came',
      (world) => {
        world.alive.clear()
        Object.assign(world, { pid: null, activity: 'failed' })
        return accepted
      },
      'no new process came: as seen',
    ],
    ['its manager refuses', () => ({ kind: 'refused', service: 'web', why: 'it is masked' }), 'it is masked'],
    [
      'its manager breaks',
      () => {
        throw new Error('no bus')
      },
      'no bus',
    ],
  ])('not done: %s', async (_, onRestart, why) => {
    const report = await performHeal(act, createPorts(onRestart))
    expect(report.outcome).toBe('failed')
    expect(report.why).toContain(why)
  })

  test('planted fault: who trusts the reply of the manager calls each of these done', async () => {
    const trusting = createPorts(() => accepted, { startTime: () => null })
    expect(
      (
        await performHeal(
          act,
          createPorts(() => accepted),
        )
      ).outcome,
    ).toBe('failed')
    expect(
      (await performHeal(act, { ...trusting, manager: { ...trusting.manager, list: async () => [buildUnitState('web', { pid: 300 })] } }))
        .outcome,
    ).toBe('failed')
  })

  test('several targets are restarted in their order, and the first that fails ends it', async () => {
    const asked: string[] = []
    const ports = createPorts(replace)
    const manager: HealPorts['manager'] = {
      list: async () =>
        ['a', 'b', 'c'].map((id) =>
          buildUnitState(id, { pid: asked.includes(id) ? 2 : null, activity: asked.includes(id) ? 'running' : 'failed' }),
        ),
      restart: async (service) => {
        asked.push(service)
        return service === 'b' ? { kind: 'failed', service, why: 'no program' } : accepted
      },
    }
    const report = await performHeal(
      { ...act, action: { kind: 'restart-subtree', name: 'restart-subtree', restarts: true }, targets: ['a', 'b', 'c'] },
      { ...ports, manager },
    )
    expect(report).toMatchObject({ outcome: 'failed', why: 'b: no program' })
    expect(asked).toEqual(['a', 'b'])
  })

  test('the next of several waits until the one before it answers', async () => {
    const ports = createPorts(replace, { isReady: async () => false })
    const report = await performHeal(
      { ...act, action: { kind: 'restart-dependency', name: 'restart-dependency', restarts: true }, targets: ['web', 'late'] },
      ports,
    )
    expect(report).toMatchObject({ outcome: 'failed', why: 'web: it runs again, and does not answer yet' })
  })

  test('the last of several is not waited for: the probe that opened the incident tells of it', async () => {
    const report = await performHeal(act, createPorts(replace, { isReady: async () => false }))
    expect(report.outcome).toBe('performed')
  })

  test('one that answers within its patience lets the next begin', async () => {
    const ports = createPorts(replace)
    let restarts = 0
    const manager: HealPorts['manager'] = {
      list: async () => ['a', 'b'].map((id) => buildUnitState(id, { pid: restarts === 0 ? null : 200 + restarts, activity: 'starting' })),
      restart: async () => {
        restarts++
        return accepted
      },
    }
    const report = await performHeal(
      { ...act, targets: ['a', 'b'] },
      { ...ports, manager, startTime: () => null, isReady: async () => ports.monotonicMs() >= 900 },
    )
    expect(report).toMatchObject({ outcome: 'performed', why: 'a: process 201 was started; b: process 202 took the place of 201' })
  })

  test.each<readonly [string, Partial<UnitState>, number | null, string]>([
    ['comes after a while', { pid: 200, activity: 'running' }, 500, 'performed'],
    ['is there, and failed', { pid: 200, activity: 'failed' }, 0, 'failed'],
    ['comes too late', { pid: 200, activity: 'running' }, 1100, 'failed'],
  ])('a new process that %s', async (_, state, afterMs, outcome) => {
    const ports = createPorts(() => accepted)
    const isNew = () => ports.monotonicMs() >= (afterMs ?? 0) && asked
    let asked = false
    const report = await performHeal(act, {
      ...ports,
      startTime: (pid) => (isNew() === (pid === 200) ? `start of ${pid}` : null),
      manager: {
        list: async () => [isNew() ? buildUnitState('web', state) : buildUnitState('web', { pid: 100, activity: 'running' })],
        restart: async () => {
          asked = true
          return accepted
        },
      },
    })
    expect(report.outcome).toBe(outcome)
    if (outcome === 'performed') expect(report.tookMs).toBe(afterMs)
  })

  test('the slowest restart that can end well is within the time that a heal may be at it', async () => {
    const times = { startTimeoutS: 1, stopTimeoutS: 2 }
    let begunMs = 0
    const ports = createPorts((world) => {
      begunMs = world.nowMs += (times.stopTimeoutS + times.startTimeoutS + 120) * 1000
      const pid = (world.pid ?? 0) + 1
      Object.assign(world, { alive: new Set([pid]), pid })
      return accepted
    })
    const isReady = async () => ports.monotonicMs() >= begunMs + 900
    const report = await performHeal({ ...act, targets: ['web', 'web'] }, { ...ports, isReady })
    expect(report.outcome).toBe('performed')
    expect(report.tookMs).toBeGreaterThan(2 * 123_000)
    expect(report.tookMs).toBeLessThanOrEqual(2 * longestRestartMs(times))
  })

  test('a unit whose manager tells no process is done when it runs', async () => {
    const ports = createPorts(() => accepted)
    const manager: HealPorts['manager'] = {
      ...ports.manager,
      list: async () => [buildUnitState('web', { pid: null, activity: 'running' })],
    }
    expect(await performHeal(act, { ...ports, manager })).toMatchObject({ outcome: 'performed', why: 'web: process unknown was started' })
  })

  test('a command is done if it ends well, a revert if the way back does', async () => {
    const command = { ...act, action: { kind: 'command', name: 'compose-up', restarts: false }, command: ['/bin/true'] } as const
    expect((await performHeal(command, createPorts(replace))).outcome).toBe('performed')
    expect((await performHeal(command, createPorts(replace, { runCommand: async () => ({ ok: false, why: 'code 3' }) }))).why).toBe(
      'code 3',
    )
    expect((await performHeal({ ...command, command: null }, createPorts(replace))).outcome).toBe('failed')
    const back = { ...act, action: { kind: 'revert', name: 'revert', restarts: false } } as const
    expect(await performHeal(back, createPorts(replace))).toMatchObject({
      outcome: 'performed',
      why: 'the last confirmed generation is back',
    })
    const why = (code: number | null) => ({ outcome: 'failed', why: `the way back ended with code ${code ?? 'unknown'}` })
    for (const code of [null, 1])
      expect(await performHeal(back, createPorts(replace, { revert: async () => code }))).toMatchObject(why(code))
  })
})
