import type { UnitState } from '@sanctum/contracts'
import { buildUnitState } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import type { ServiceDefinition } from './haus-definition.ts'
import { createStartWatch } from './watch-starts.ts'

const failsafe = {
  id: 'failsafe',
  kind: 'daemon',
  startTimeoutS: 30,
  stopTimeoutS: 60,
  health: { startup: { type: 'file' } },
} as unknown as ServiceDefinition
const watch = createStartWatch({ recallStarts: async () => null, rememberStarts: async () => undefined })

test.each([
  ['about to be started', { activity: 'starting', pid: null, startedAtMs: null }, 'starting'],
  ['in its time', { activity: 'starting', pid: 7, startedAtMs: 990_000 }, 'starting'],
  ['beyond its time', { activity: 'starting', pid: 7, startedAtMs: 900_000 }, 'overdue'],
  ['that nobody has started', { activity: 'stopped', pid: null, startedAtMs: null }, 'overdue'],
] as const)('a service %s', (_what, state, stage) => {
  expect(watch.stage(failsafe, buildUnitState('failsafe', { manager: 'embedded', ...state }), 1_000_000)).toBe(stage)
})

test('a start that is promised and never comes is overdue when its time is over, and anew after one that came', () => {
  const starts = createStartWatch({ recallStarts: async () => null, rememberStarts: async () => undefined })
  const promised = buildUnitState('failsafe', { manager: 'embedded', activity: 'starting', pid: null, startedAtMs: null })
  const up = buildUnitState('failsafe', { manager: 'embedded', activity: 'running', pid: 7, startedAtMs: 1_040_000 })
  const stages = [1000, 1030, 1031].map((at) => starts.stage(failsafe, promised, at * 1000))
  starts.stage(failsafe, up, 1_041_000)
  expect([...stages, starts.stage(failsafe, promised, 1_050_000)]).toEqual(['starting', 'starting', 'overdue', 'starting'])
})

const day = 86_400_000
const now = 10 * day
/** At 0, 30, 31, 65 and 66 s; a stop may take 60 s and a little until it is known. */
const ending = ['starting', 'starting', 'starting', 'starting', 'overdue']
const beginning = ['starting', 'starting', 'overdue', 'overdue', 'overdue']
const look = (given: Parameters<typeof buildUnitState>[1]) => {
  const starts = createStartWatch({ recallStarts: async () => null, rememberStarts: async () => undefined })
  const unit = buildUnitState('failsafe', given)
  return [0, 30_000, 31_000, 65_000, 66_000].map((afterMs) => {
    starts.follow(failsafe, unit, null, now + afterMs)
    return starts.stage(failsafe, unit, now + afterMs)
  })
}

test.each<readonly [string, Parameters<typeof buildUnitState>[1], readonly string[]]>([
  ['that is ended as somebody asked has the time of a stop', { pid: 7, startedAtMs: now - day, stopping: true }, ending],
  ['whose process is gone, and what it left is not, has it too', { manager: 'embedded', activity: 'running', pid: null }, ending],
  ['that systemd prepares to start has that of a start', { manager: 'systemd-user', activity: 'starting', pid: null }, beginning],
  ['whose start launchd does not date has it too', { manager: 'launchd', pid: 7, startedAtMs: null }, beginning],
  ['that runs for a day without an answer has none', { manager: 'systemd-user', pid: 7, startedAtMs: now - day }, Array(5).fill('overdue')],
])('a service %s', (_what, unit, stages) => {
  expect(look(unit)).toEqual(stages)
})

test('a restart has the time of a stop, and then that of a start', () => {
  const starts = createStartWatch({ recallStarts: async () => null, rememberStarts: async () => undefined })
  const ends = buildUnitState('failsafe', { pid: 7, startedAtMs: now - day, stopping: true })
  const begins = buildUnitState('failsafe', { activity: 'starting', pid: null, startedAtMs: null })
  const at = (unit: UnitState, afterMs: number) => starts.stage(failsafe, unit, now + afterMs)
  const stages = [at(ends, 0), at(ends, 60_000), at(begins, 61_000), at(begins, 91_000), at(begins, 92_000)]
  expect(stages).toEqual(['starting', 'starting', 'starting', 'starting', 'overdue'])
})

test('a unit that was taken away on its way up has all its time when it is there again', () => {
  const starts = createStartWatch({ recallStarts: async () => null, rememberStarts: async () => undefined })
  const begins = buildUnitState('failsafe', { activity: 'starting', pid: null, startedAtMs: null })
  const at = (unit: UnitState | null, afterMs: number) => starts.stage(failsafe, unit, now + afterMs)
  expect([at(begins, 0), at(null, 10_000), at(begins, day), at(begins, day + 31_000)]).toEqual([
    'starting',
    'overdue',
    'starting',
    'overdue',
  ])
})

describe('while the service manager is silent', () => {
  const begun = buildUnitState('failsafe', { manager: 'systemd-user', pid: 7, startedAtMs: now })
  /** A start that is seen every ten seconds and once more; the stages by when it began. */
  const stagesOf = (silent: (second: number) => boolean) => {
    const starts = createStartWatch({ recallStarts: async () => null, rememberStarts: async () => undefined })
    return [0, 10, 20, 30, 40, 50, 60].map((second) => {
      starts.see(failsafe, silent(second), now + second * 1000)
      return starts.stage(failsafe, begun, now + second * 1000)
    })
  }

  test.each([
    ['never: the start has its 30 s', () => false, 4],
    ['for 20 s: it has them beside those', (second: number) => second === 10 || second === 20, 7],
  ] as const)('%s', (_what, silent, starting) => {
    expect(stagesOf(silent).filter((stage) => stage === 'starting')).toHaveLength(starting)
  })

  test('who answers meanwhile is up, and how long that took is not learned', async () => {
    let learned: unknown = null
    const starts = createStartWatch({
      recallStarts: async () => null,
      rememberStarts: async (times) => {
        learned = times
      },
    })
    for (const [second, isSilent] of [
      [0, false],
      [10, true],
      [20, false],
    ] as const) {
      starts.see(failsafe, isSilent, now + second * 1000)
      starts.follow(failsafe, begun, second === 0 ? null : now + 9000, now + second * 1000)
    }
    await starts.remember()
    expect([starts.stage(failsafe, begun, now + 20_000), learned]).toEqual(['up', null])
  })

  test('of what it never spoke a start is thought possible for as long as one may take', () => {
    const starts = createStartWatch({ recallStarts: async () => null, rememberStarts: async () => undefined })
    const stages = [0, 30, 31].map((second) => {
      starts.see(failsafe, true, now + second * 1000)
      return starts.stage(failsafe, null, now + second * 1000)
    })
    expect(stages).toEqual(['starting', 'starting', 'overdue'])
  })
})

test('what launchd keeps is up once it has answered', () => {
  const starts = createStartWatch({ recallStarts: async () => null, rememberStarts: async () => undefined })
  const unit = buildUnitState('failsafe', { manager: 'launchd', pid: 7, startedAtMs: null })
  starts.follow(failsafe, unit, null, now)
  const before = starts.stage(failsafe, unit, now)
  starts.follow(failsafe, unit, now + 500, now + 1000)
  expect([before, starts.stage(failsafe, unit, now + 1000)]).toEqual(['starting', 'up'])
})
