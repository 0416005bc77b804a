import { describe, expect, test } from 'vitest'
import { judgeLog, newestLineMs } from './judge-log.ts'
import type { LogTarget } from './kinds/log.ts'

const now = Date.UTC(2026, 10, 27, 12, 0, 0)
const target: LogTarget = { path: '/var/log/x', present: null, absent: null, withinMs: null, tailBytes: 65_536 }
const text = [
  'no time yet',
  '2026-11-27T11:00:00Z started',
  '2026-11-27T11:00:01Z panic: out of wax',
  '  at candle.ts:12',
  '{"time":1795780740000,"msg":"served 12"}',
].join('\n')
const tail = { text, writtenMs: now - 60_000 }

describe('judgeLog', () => {
  test.each<readonly [string, Partial<LogTarget>, string]>([
    ['what must be there is', { present: 'served \\d+' }, 'passed'],
    ['what must be there is not', { present: '^ready' }, 'stale'],
    ['what must not be there is', { absent: 'panic' }, 'wrong-answer'],
    ['what must not be there is, but long ago', { absent: 'panic', withinMs: 600_000 }, 'passed'],
    ['nor its second line, which has no time of its own', { absent: 'candle', withinMs: 600_000 }, 'passed'],
    ['what must be there was, but long ago', { present: 'started', withinMs: 600_000 }, 'stale'],
    ['it was lately', { present: 'served', withinMs: 600_000 }, 'passed'],
    ['both', { present: 'served', absent: 'panic' }, 'wrong-answer'],
  ])('%s', (_, given, expected) => {
    const sight = judgeLog({ ...target, ...given }, tail, now)
    expect(sight.kind === 'failed' ? sight.cause : sight.kind, sight.detail).toBe(expected)
  })

  test('planted fault: without the window an old panic is told for ever', () => {
    expect(judgeLog({ ...target, absent: 'panic' }, tail, now + 86_400_000).kind).toBe('failed')
  })
})

test.each([
  ['served', 1_795_780_740_000],
  ['candle', Date.UTC(2026, 10, 27, 11, 0, 1)],
  ['no time', tail.writtenMs],
  ['nowhere', null],
])('the newest line that fits %s', (pattern, expected) => {
  expect(newestLineMs(tail, pattern)).toBe(expected)
})
