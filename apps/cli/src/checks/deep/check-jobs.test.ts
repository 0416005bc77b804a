import { buildUnitState } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { describeJobs, judgeJob, recordOf, toSeenRecords } from './check-jobs.ts'

const HOUR_MS = 3_600_000
const now = 1_800_000_000_000
const job = { id: 'backup', schedule: { kind: 'every', every_s: 3600, at_load: false }, start_timeout_s: 30 } as const
const good = { code: 0, signal: null }
const bad = { code: 7, signal: null }

describe('a job of which only its manager remembers something', () => {
  test.each<readonly [string, Parameters<typeof buildUnitState>[1], readonly string[]]>([
    ['a good end within its time', { lastExit: good, lastExitAtMs: now - HOUR_MS, pid: null }, []],
    ['a good end too long ago', { lastExit: good, lastExitAtMs: now - 3 * HOUR_MS, pid: null }, ['JOB_STALE']],
    ['a bad end', { lastExit: bad, lastExitAtMs: now - HOUR_MS, pid: null }, ['JOB_STALE']],
    ['a run that has begun', { lastExit: null, lastExitAtMs: null, pid: 7, startedAtMs: now - 60_000 }, []],
    ['a run without an end', { lastExit: null, lastExitAtMs: null, pid: 7, startedAtMs: now - 3 * HOUR_MS }, ['JOB_UNFINISHED']],
    ['a bad end, and not when', { lastExit: bad, pid: null }, ['JOB_STALE']],
    ['a good end, and not when', { lastExit: good, pid: null }, ['JOB_UNPROVEN']],
    ['nothing', { lastExit: null, pid: null }, ['JOB_UNPROVEN']],
    ['a bad end, and a person took it down', { lastExit: bad, lastExitAtMs: now, pid: null, wanted: false }, []],
  ])('%s', (_, remembered, codes) => {
    const state = buildUnitState('backup', remembered)
    expect(judgeJob(job, recordOf(state), state, now).map(({ code }) => code)).toEqual(codes)
  })
})

test('a good end that a watchdog saw proves a job whose manager says no time', () => {
  const ends = (lastExitAtMs: number | null, lastSuccessAtMs: number | null) => ({
    schema_version: 1,
    seen_at_ms: now,
    jobs: {
      backup: { runs: 2, pid: null, started_at_ms: lastExitAtMs, last_exit_at_ms: lastExitAtMs, last_success_at_ms: lastSuccessAtMs },
    },
  })
  const state = buildUnitState('backup', { lastExit: good, pid: null })
  const codesOf = (document: unknown) =>
    judgeJob(job, toSeenRecords(document).get('backup') ?? recordOf(state), state, now).map(({ code }) => code)
  expect(codesOf(ends(now - HOUR_MS, now - HOUR_MS))).toEqual([])
  expect(codesOf(ends(now - HOUR_MS, now - 9 * HOUR_MS))).toEqual(['JOB_STALE'])
  expect([codesOf(ends(null, null)), codesOf(null)]).toEqual([['JOB_UNPROVEN'], ['JOB_UNPROVEN']])
})

test('an end in a stretch that nobody looked at proves what it must have been, and nothing more', () => {
  const state = buildUnitState('backup', { lastExit: good, pid: null })
  const codesOf = (fromH: number, byH: number) => {
    const [atMs, byMs] = [now - fromH * HOUR_MS, now - byH * HOUR_MS]
    const record = { startedAtMs: atMs, lastExitAtMs: atMs, lastSuccessAtMs: atMs, lastSuccessByMs: byMs }
    return judgeJob(job, record, state, now).map(({ code }) => code)
  }
  expect([codesOf(2, 0.1), codesOf(9, 0.1), codesOf(9, 3)]).toEqual([[], ['JOB_UNPROVEN'], ['JOB_STALE']])
})

test('what is said of jobs counts none as ended well that never ran', () => {
  const ended = { startedAtMs: now - HOUR_MS, lastExitAtMs: now, lastSuccessAtMs: now }
  const never = { startedAtMs: null, lastExitAtMs: null, lastSuccessAtMs: null }
  expect(describeJobs([never])).toBe('1 job has no end yet that could be judged')
  expect(describeJobs([ended])).toBe('1 job ended well within schedule')
  expect(describeJobs([ended, ended, never, null])).toBe('2 jobs ended well within schedule, 2 jobs have no end yet that could be judged')
})
