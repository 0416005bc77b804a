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
