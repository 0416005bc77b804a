import type { JobEnds, UnitState } from '@sanctum/contracts'
import { buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { noteJobEnds, withJobEnds } from './note-job-ends.ts'

const good = { code: 0, signal: null }
const bad = { code: 7, signal: null }
const job = (given: Partial<UnitState>) => buildUnitState('backup', { pid: null, lastExit: good, runs: 1, ...given })

/** Looks a second apart; what is known after the last. */
function look(...states: readonly UnitState[]): JobEnds {
  let known: JobEnds | null = null
  for (const [index, state] of states.entries()) known = noteJobEnds(known, [state], (index + 1) * 1000)
  return known as JobEnds
}
const timesOf = ({ jobs: { backup } }: JobEnds) => [backup?.started_at_ms, backup?.last_exit_at_ms, backup?.last_success_at_ms]

test.each<readonly [string, readonly UnitState[], readonly (number | null)[]]>([
  ['seen for the first time: nobody knows when', [job({})], [null, null, null]],
  ['nothing ran since', [job({}), job({})], [null, null, null]],
  ['a run between two looks ended at the first or later', [job({}), job({}), job({ runs: 2 })], [2000, 2000, 2000]],
  ['a run that was seen', [job({}), job({ runs: 2, pid: 9, lastExit: null }), job({ runs: 2 })], [2000, 2000, 2000]],
  ['one that goes on', [job({}), job({ runs: 2, pid: 9 }), job({ runs: 2, pid: 9 })], [2000, null, null]],
  ['a bad end leaves the good one before it', [job({}), job({ runs: 2 }), job({ runs: 3, lastExit: bad })], [1000, 2000, 1000]],
  ['loaded anew, and run since', [job({ runs: 5 }), job({ runs: 1 })], [1000, 1000, 1000]],
  ['loaded anew, and not run yet', [job({ runs: 5 }), job({ runs: 0, lastExit: null })], [null, null, null]],
  ['unloaded for a while', [job({}), job({ runs: 2 }), job({ loaded: false, runs: 0 })], [1000, 1000, 1000]],
])('%s', (_, states, times) => {
  expect(timesOf(look(...states))).toEqual(times)
})

test('the time stands in the state of who has none of its own, and of nobody else', () => {
  const known = look(job({}), job({ runs: 2 }))
  const { runs: _, ...silent } = job({})
  expect(withJobEnds([job({ runs: 2 }), silent], known).map(({ lastExitAtMs }) => lastExitAtMs)).toEqual([1000, undefined])
})
