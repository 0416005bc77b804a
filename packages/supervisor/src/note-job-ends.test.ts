import { type JobEnds, jobEnds, type UnitState } from '@sanctum/contracts'
import { buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { noteJobEnds, withJobEnds } from './note-job-ends.ts'

const good = { code: 0, signal: null }
const bad = { code: 7, signal: null }
const job = (given: Partial<UnitState>) => buildUnitState('backup', { pid: null, lastExit: good, runs: 1, ...given })
const lookAt = (ms: number, bootId: string | null = 'one') => ({ askedAtMs: ms, answeredAtMs: ms + 10, bootId })

/** Looks a second apart; what is known after the last. */
function look(...states: readonly UnitState[]): JobEnds {
  let known: JobEnds | null = null
  for (const [index, state] of states.entries()) known = noteJobEnds(known, [state], lookAt((index + 1) * 1000))
  return known as JobEnds
}
const spanOf = (from: number | null | undefined, by: number | null | undefined) => (from == null ? null : `${from}-${by}`)
const timesOf = ({ jobs: { backup } }: JobEnds) => [
  backup?.started_at_ms,
  spanOf(backup?.last_exit_at_ms, backup?.last_exit_by_ms),
  spanOf(backup?.last_success_at_ms, backup?.last_success_by_ms),
]
const on = (pid: number, runs: number) => job({ pid, runs, lastExit: runs === 1 ? null : good })

test.each<readonly [string, readonly UnitState[], readonly (number | string | null)[]]>([
  ['seen for the first time: nobody knows when', [job({})], [null, null, null]],
  ['nothing ran since', [job({}), job({})], [null, null, null]],
  ['a run between two looks ended between them', [job({}), job({}), job({ runs: 2 })], [2000, '2000-3010', '2000-3010']],
  ['a run that was seen', [job({}), on(9, 2), job({ runs: 2 })], [2010, '2000-3010', '2000-3010']],
  ['one that goes on', [job({}), on(9, 2), on(9, 2)], [2010, null, null]],
  ['another pid: the one before has ended', [job({}), on(9, 2), on(10, 3)], [3010, '2000-3010', '2000-3010']],
  ['another pid that its manager does not count', [on(9, 2), on(10, 2)], [2010, '1000-2010', '1000-2010']],
  ['a run that ended and one that goes on', [job({}), job({}), on(9, 3)], [3010, '2000-3010', '2000-3010']],
  ['the first run goes on: nothing ended', [job({ runs: 0, lastExit: null }), on(9, 1)], [2010, null, null]],
  [
    'a bad end leaves the good one before it',
    [job({}), job({ runs: 2 }), job({ runs: 3, lastExit: bad })],
    [1000, '2000-3010', '1000-2010'],
  ],
  ['loaded anew, and run since', [job({ runs: 5 }), job({ runs: 1 })], [1000, '1000-2010', '1000-2010']],
  ['loaded anew, and its first run goes on', [job({ runs: 5 }), job({ runs: 1, pid: 9 })], [2010, null, null]],
  ['loaded anew while it ran: how that ended nobody says', [on(9, 5), job({ runs: 0, lastExit: null })], [1010, null, null]],
  ['loaded anew, and not run yet', [job({ runs: 5 }), job({ runs: 0, lastExit: null })], [null, null, null]],
  ['unloaded for a while', [job({}), job({ runs: 2 }), job({ loaded: false, runs: 0 })], [1000, '1000-2010', '1000-2010']],
  ['not loaded at a look, and run since', [job({ runs: 5 }), job({ loaded: false, runs: 0 }), job({})], [1000, '1000-3010', '1000-3010']],
])('%s', (_, states, times) => {
  expect(timesOf(look(...states))).toEqual(times)
})

test('another boot is another count, also where it has come as far as the one before', () => {
  const before = noteJobEnds(null, [job({ runs: 1 })], lookAt(1000))
  const after = (boot: string | null) => timesOf(noteJobEnds(before, [job({ runs: 1 })], lookAt(9000, boot)))
  expect([after('two'), after('one'), after(null)]).toEqual([
    [1000, '1000-9010', '1000-9010'],
    [null, null, null],
    [null, null, null],
  ])
})

test('what an earlier version wrote is read', () => {
  const old = { runs: 1, pid: null, started_at_ms: null, last_exit_at_ms: 500, last_success_at_ms: 500 }
  const known = jobEnds.parse({ schema_version: 1, seen_at_ms: 1000, jobs: { backup: old } })
  expect(timesOf(noteJobEnds(known, [job({ runs: 2 })], lookAt(2000)))).toEqual([1000, '1000-2010', '1000-2010'])
})

test('the time stands in the state of who has none of its own, and of nobody else', () => {
  const known = look(job({}), job({ runs: 2 }))
  const { runs: _, ...silent } = job({})
  const times = withJobEnds([job({ runs: 2 }), silent], known).map(({ lastExitAtMs, lastExitByMs }) => [lastExitAtMs, lastExitByMs])
  expect(times).toEqual([
    [1000, 2010],
    [undefined, undefined],
  ])
})
