import type { Surface, UnitImpact, UnitState } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { wakeRedefined } from './wake-redefined.ts'

const surfaces = ['voice', 'router'].map((service) => ({
  ...{ path: `embedded/${service}.json`, unit: { name: service, service, domain: 'user', starts: true } },
})) as unknown as Surface[]
const impact: UnitImpact[] = ['voice', 'router'].map((service) => ({ service, unit: service, action: 'stay', why: 'policy' }))
const changes = [{ place: 'generation', path: 'embedded/voice.json' }] as never

function actionsWhen(activity: UnitState['activity'], wanted: boolean | null = true): string[] {
  const states = ['voice', 'router'].map((service) => ({ service, wanted, activity }))
  return wakeRedefined({ changes, surfaces, impact }, states).map(({ service, action }) => `${service} ${action}`)
}

test.each<UnitState['activity']>(['backing-off', 'failed'])(
  '%s: the unit with another definition is started anew, no other',
  (activity) => {
    expect(actionsWhen(activity)).toEqual(['voice restart', 'router stay'])
    expect(actionsWhen(activity, null)).toEqual(['voice restart', 'router stay'])
  },
)

test('what runs, starts, waits, has done its work, or nobody wants, stays as it is', () => {
  for (const activity of ['running', 'starting', 'waiting', 'completed', 'stopped', 'unknown'] as const)
    expect(actionsWhen(activity), activity).toEqual(['voice stay', 'router stay'])
  expect(actionsWhen('failed', false)).toEqual(['voice stay', 'router stay'])
})

test('a unit that failed and is to go is not started', () => {
  const gone = impact.map((entry) => ({ ...entry, action: 'stop' as const }))
  const states = [{ service: 'voice', wanted: true, activity: 'failed' as const }]
  expect(wakeRedefined({ changes, surfaces, impact: gone }, states)).toEqual(gone)
})
