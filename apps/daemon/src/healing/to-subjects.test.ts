import { expect, test } from 'vitest'
import { buildDefinition, buildServiceDefinition } from '../../test/build-definition.ts'
import type { HausView, WatchedSubject } from '../view-haus.ts'
import { toSubjects } from './to-subjects.ts'

const capacity = { ram_budget_mb: 600, exclusive_with: [], priority: 50, evictable: false, process_pattern: null }
const services = ['model', 'other', 'watchdog', 'small'].map((id) =>
  buildServiceDefinition(id, { capacity: id === 'model' || id === 'other' ? capacity : null }),
)
const seen = (service: string, given: Partial<WatchedSubject> = {}) =>
  ({ service, activity: null, silence: null, ...given }) as WatchedSubject

/** `service: why it may not be restarted now` of each that the healer is told of. */
function refusals(subjects: readonly WatchedSubject[], poolMb: number | null = 1000): string[] {
  const told = toSubjects(buildDefinition(services, { poolMb }), { subjects } as unknown as HausView)
  return told.map(({ service, refusal }) => `${service}: ${refusal ?? 'none'}`)
}

test('the healer is told of what the catalog has, and never of the watchdog that it is itself', () => {
  expect(refusals([seen('small'), seen('watchdog'), seen('ghost')])).toEqual(['small: none'])
})

test('a heal has the time that a service may take to stop and to start, and its manager beside it', () => {
  const slow = buildServiceDefinition('slow', { startTimeoutS: 900, stopTimeoutS: 300 })
  const told = toSubjects(buildDefinition([slow]), { subjects: [seen('slow')] } as unknown as HausView)
  expect(told.map(({ restartMs }) => restartMs)).toEqual([(300 + 120 + 3 * 900) * 1000])
})

test('a silent manager refuses before anything else does', () => {
  const other = seen('other', { activity: 'running' })
  expect(refusals([seen('model', { silence: 'no bus' }), other])[0]).toBe('model: no bus')
})

test.each([
  ['running', 1000, 'model needs 600 MB and 400 of 1000 MB are free; other has 600 MB; stop other first'],
  ['starting', 1000, 'model needs 600 MB and 400 of 1000 MB are free; other has 600 MB; stop other first'],
  ['stopped', 1000, 'none'],
  ['running', 1200, 'none'],
  ['running', null, 'none'],
] as const)('beside another that is %s, in a pool of %j MB: %s', (activity, poolMb, refusal) => {
  expect(refusals([seen('model'), seen('other', { activity }), seen('small')], poolMb)).toEqual([
    `model: ${refusal}`,
    refusal === 'none' ? 'other: none' : expect.stringMatching(/^other: /),
    'small: none',
  ])
})
