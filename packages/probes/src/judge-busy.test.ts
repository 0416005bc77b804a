import type { BusySource } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { judgeTraces, judgeWork } from './judge-busy.ts'

const now = Date.UTC(2026, 10, 27, 12, 0, 0)
const json = (overrides: object = {}) =>
  ({ from: 'json', value: '/last_s', max_age_s: 60, ...overrides }) as Extract<BusySource, { from: 'json' }>
const metrics = (overrides: object = {}) =>
  ({ from: 'metrics', metric: 'chat_last_success_seconds', max_age_s: 60, ...overrides }) as Extract<BusySource, { from: 'metrics' }>

const exposition = `# HELP chat_last_success_seconds When.
chat_last_success_seconds{worker="a"} ${now / 1000 - 900}
chat_last_success_seconds{worker="b"} ${now / 1000 - 5}
chat_in_flight 1
chat_in_flight_max 8
`

describe('judgeWork', () => {
  test.each<readonly [string, ReturnType<typeof json> | ReturnType<typeof metrics>, string, string | null]>([
    ['an age in seconds', json(), '{"last_s":5}', 'recent'],
    ['too long ago', json(), '{"last_s":61}', null],
    ['a time', json(), JSON.stringify({ last_s: new Date(now - 5000) }), 'recent'],
    ['seconds since 1970', json(), JSON.stringify({ last_s: now / 1000 - 5 }), 'recent'],
    ['in the future', json(), JSON.stringify({ last_s: new Date(now + 3_600_000) }), null],
    ['nothing yet', json(), '{"last_s":null}', null],
    ['a truthy object is no success', json(), '{"last_s":{"ok":true}}', null],
    ['no JSON', json(), '<html/>', null],
    ['under way', json({ value: '/running', reading: 'running' }), '{"running":2}', 'running'],
    ['nothing under way', json({ value: '/running', reading: 'running' }), '{"running":0}', null],
    ['the newest of several lines', metrics(), exposition, 'recent'],
    [
      'a metric under way, not its neighbour of a longer name',
      metrics({ metric: 'chat_in_flight', reading: 'running' }),
      exposition,
      'running',
    ],
    [
      'the line of the server that is meant',
      metrics({ metric: 'in_flight', labels: { backend: 'council/0' }, reading: 'running' }),
      'in_flight{backend="council/0"} 1\nin_flight{backend="coder/0"} 0\n',
      'running',
    ],
    [
      'another server is at work',
      metrics({ metric: 'in_flight', labels: { backend: 'council/0' }, reading: 'running' }),
      'in_flight{backend="council/0"} 0\nin_flight{backend="coder/0"} 7\n',
      null,
    ],
    [
      'a name that only ends like it',
      metrics({ metric: 'in_flight', labels: { backend: 'council/0' }, reading: 'running' }),
      'in_flight{other_backend="council/0"} 1\n',
      null,
    ],
    ['another metric', metrics({ metric: 'chat' }), exposition, null],
  ])('%s', (_, source, body, kind) => {
    expect(judgeWork(source, body, now)?.kind ?? null).toBe(kind)
  })
})

test('traces in a log and in a file', () => {
  const tail = { text: '2026-11-27T11:59:50Z served', writtenMs: now - 3_600_000 }
  expect(judgeTraces({ from: 'log', file: 'x', pattern: 'served', max_age_s: 60 }, tail, now)?.kind).toBe('recent')
  expect(judgeTraces({ from: 'log', file: 'x', pattern: 'failed', max_age_s: 60 }, tail, now)).toBeNull()
  expect(judgeTraces({ from: 'file', file: 'x', max_age_s: 60 }, tail, now)).toBeNull()
})
