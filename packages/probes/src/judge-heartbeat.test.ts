import { expect, test } from 'vitest'
import { judgeHeartbeat, type KnownBeat } from './judge-heartbeat.ts'
import type { HeartbeatTarget } from './kinds/heartbeat.ts'

const target: HeartbeatTarget = { path: '/x', maxAgeMs: 30_000, sequence: '/beat' }

/** What a look each ten seconds sees; the file is touched each time. */
function watch(beats: readonly unknown[], given: Partial<HeartbeatTarget> = {}): string[] {
  let known: KnownBeat | null = null
  return beats.map((beat, index) => {
    const nowMs = index * 10_000
    const step = judgeHeartbeat({ ...target, ...given }, { text: JSON.stringify({ beat }), writtenMs: nowMs }, known, nowMs)
    known = step.known
    return step.sight.kind === 'failed' ? step.sight.cause : step.sight.kind
  })
}

test('a number that goes on', () => {
  expect(watch([1, 2, 2, 3, 1])).toEqual(['passed', 'passed', 'passed', 'passed', 'passed'])
})

test('a file that is touched while its number stands still is no life', () => {
  expect(watch([7, 7, 7, 7, 7, 8])).toEqual(['passed', 'passed', 'passed', 'passed', 'stale', 'passed'])
})

test('planted fault: by its age alone it lives', () => {
  expect(new Set(watch([7, 7, 7, 7, 7], { sequence: null }))).toEqual(new Set(['passed']))
})

test('no number, and too old', () => {
  expect(watch(['x', null])).toEqual(['wrong-answer', 'wrong-answer'])
  expect(judgeHeartbeat(target, { text: '{"beat":1}', writtenMs: 0 }, null, 31_000).sight).toMatchObject({ cause: 'stale' })
})
