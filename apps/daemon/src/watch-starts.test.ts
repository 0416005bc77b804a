import { buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import type { ServiceDefinition } from './haus-definition.ts'
import { createStartWatch } from './watch-starts.ts'

const failsafe = {
  id: 'failsafe',
  kind: 'daemon',
  startTimeoutS: 30,
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
const look = (given: Parameters<typeof buildUnitState>[1]) => {
  const starts = createStartWatch({ recallStarts: async () => null, rememberStarts: async () => undefined })
  const unit = buildUnitState('failsafe', given)
  return [0, 30_000, 31_000].map((afterMs) => {
    starts.follow(failsafe, unit, null, now + afterMs)
    return starts.stage(failsafe, unit, now + afterMs)
  })
}

test.each<readonly [string, Parameters<typeof buildUnitState>[1], readonly string[]]>([
  ['that is ended as somebody asked', { pid: 7, startedAtMs: now - day, stopping: true }, ['starting', 'starting', 'overdue']],
  ['whose process is just gone', { manager: 'embedded', activity: 'running', pid: null }, ['starting', 'starting', 'overdue']],
  ['that systemd prepares to start', { manager: 'systemd-user', activity: 'starting', pid: null }, ['starting', 'starting', 'overdue']],
  ['whose start launchd does not date', { manager: 'launchd', pid: 7, startedAtMs: null }, ['starting', 'starting', 'overdue']],
  ['that runs for a day without an answer', { manager: 'systemd-user', pid: 7, startedAtMs: now - day }, ['overdue', 'overdue', 'overdue']],
])('a service %s has the time of a start, and no more', (_what, unit, stages) => {
  expect(look(unit)).toEqual(stages)
})

test('what launchd keeps is up once it has answered', () => {
  const starts = createStartWatch({ recallStarts: async () => null, rememberStarts: async () => undefined })
  const unit = buildUnitState('failsafe', { manager: 'launchd', pid: 7, startedAtMs: null })
  starts.follow(failsafe, unit, null, now)
  const before = starts.stage(failsafe, unit, now)
  starts.follow(failsafe, unit, now + 500, now + 1000)
  expect([before, starts.stage(failsafe, unit, now + 1000)]).toEqual(['starting', 'up'])
})
