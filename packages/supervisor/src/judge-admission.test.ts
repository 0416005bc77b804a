import { buildHaus, buildService } from '@sanctum/testkit'
import { describe, expect, it } from 'vitest'
import { judgeAdmission } from './judge-admission.ts'
import { judgePressure, type PressureLevel } from './judge-pressure.ts'

const capacity = (ram_budget_mb: number, overrides: object = {}) => ({
  ram_budget_mb,
  exclusive_with: [] as string[],
  priority: 50,
  evictable: false,
  process_pattern: null,
  ...overrides,
})
const services = Object.fromEntries(
  [
    buildService('mlx', { capacity: capacity(2800, { priority: 90 }) }),
    buildService('shadow', { capacity: capacity(2500, { exclusive_with: ['mlx'] }) }),
    buildService('whisper', { capacity: capacity(1000, { evictable: true }) }),
    buildService('index', { capacity: capacity(1200, { priority: 10 }) }),
    buildService('giant', { capacity: capacity(9000) }),
    buildService('bell'),
  ].map((service) => [service.id, service]),
)
const ask = (service: string, running: string[]) => judgeAdmission({ service, services, running, capacity: buildHaus().capacity })

describe('a start', () => {
  it.each([
    ['mlx', [], 'admitted'],
    ['mlx', ['mlx'], 'admitted'],
    ['mlx', ['whisper'], 'admitted'],
    ['bell', ['mlx', 'whisper', 'index'], 'admitted'],
    ['shadow', ['mlx'], 'stop mlx first'],
    ['mlx', ['shadow'], 'stop shadow first'],
    // What may be evicted goes before what is only less important, if that is enough.
    ['mlx', ['whisper', 'index'], 'stop whisper first'],
    ['whisper', ['mlx', 'index'], 'stop index first'],
    ['giant', [], 'lower ram_budget_mb of giant, or run it on a larger machine'],
  ])('of %s beside %j: %s', (service, running, expected) => {
    const answer = ask(service, running)
    expect(answer.kind === 'refused' ? answer.remedy : answer.kind).toBe(expected)
  })

  describe('into a pool', () => {
    const crowd = Object.fromEntries(
      [
        buildService('new', { capacity: capacity(2800) }),
        buildService('small', { capacity: capacity(1000, { evictable: true }) }),
        buildService('large', { capacity: capacity(1200) }),
        buildService('largest', { capacity: capacity(2000) }),
        buildService('minor', { capacity: capacity(1200, { priority: 10 }) }),
      ].map((service) => [service.id, service]),
    )
    it.each<[string, number, string[], string]>([
      ['that nobody measured', 0, ['large'], 'admitted'],
      ['that holds it to the last megabyte', 4000, ['large'], 'admitted'],
      ['that lacks one megabyte', 3999, ['large'], 'stop large first'],
      ['where only the larger one makes room, to the last megabyte', 3800, ['small', 'large'], 'stop large first'],
      ['where neither is enough alone', 3000, ['small', 'large'], 'stop small first'],
      ['where one is less important', 5000, ['large', 'largest', 'minor'], 'stop minor first'],
      ['where two are equally important', 5000, ['large', 'largest'], 'stop largest first'],
    ])('%s', (_, pool_mb, running, expected) => {
      const answer = judgeAdmission({ service: 'new', services: crowd, running, capacity: { ...buildHaus().capacity, pool_mb } })
      expect(answer.kind === 'refused' ? answer.remedy : answer.kind).toBe(expected)
    })
  })

  it('says who has the memory, and how much of it', () => {
    expect(ask('mlx', ['whisper', 'index'])).toMatchObject({
      because: 'no-room',
      blocker: 'whisper',
      why: 'mlx needs 2800 MB and 1896 of 4096 MB are free; whisper has 1000 MB',
    })
  })
})

describe('the memory of the machine', () => {
  const look = (free: number, swap: number, before: PressureLevel = 'ok') =>
    judgePressure({ totalMb: 100, availableMb: free, swapTotalMb: swap < 0 ? 0 : 100, swapUsedMb: Math.max(0, swap) }, before)
  it.each<[number, number, PressureLevel, PressureLevel]>([
    [50, 0, 'ok', 'ok'],
    [20, 0, 'ok', 'ok'],
    [19, 0, 'ok', 'warn'],
    [14, 0, 'ok', 'critical'],
    [7, -1, 'ok', 'emergency'],
    [25, 96, 'ok', 'emergency'],
    [50, 99, 'ok', 'ok'],
    [29, 99, 'ok', 'emergency'],
    [30, 99, 'ok', 'ok'],
    [8, 0, 'ok', 'critical'],
    [15, 0, 'ok', 'warn'],
    [25, 86, 'ok', 'critical'],
    [25, 85, 'ok', 'warn'],
    [25, 70, 'ok', 'ok'],
    [25, 84, 'critical', 'critical'],
    [25, 83, 'critical', 'warn'],
    [22, 0, 'warn', 'ok'],
    // A level is left by a margin only.
    [16, 0, 'ok', 'warn'],
    [16, 0, 'critical', 'critical'],
    [18, 0, 'critical', 'warn'],
    [21, 0, 'warn', 'warn'],
    [23, 0, 'warn', 'ok'],
  ])('%i %% free, %i %% of swap, %s before: %s', (free, swap, before, expected) => {
    expect(look(free, swap, before)?.level).toBe(expected)
  })

  it('holds restarts where it is critical, and says nothing of figures that make no sense', () => {
    expect([look(50, 0), look(19, 0), look(14, 0), look(5, 0)].map((pressure) => pressure?.holdsHeals)).toEqual([false, false, true, true])
    expect(judgePressure({ totalMb: 0, availableMb: 0, swapTotalMb: 0, swapUsedMb: 0 })).toBeNull()
    expect(judgePressure({ totalMb: 10, availableMb: 20, swapTotalMb: 0, swapUsedMb: 0 })).toBeNull()
  })
})
