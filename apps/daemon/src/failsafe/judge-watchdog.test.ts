import type { RoleHealth } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { type HealthReply, judgeWatchdog } from './judge-watchdog.ts'

const fresh: RoleHealth = {
  schema_version: 1,
  role: 'watchdog',
  ok: true,
  pid: 42,
  version: '1.0.0',
  generation: 1,
  started_at_ms: 0,
  last_cycle_at_ms: 0,
  last_cycle_age_s: 1,
  cycles: 1,
  why: 'fine',
}
const answers = (change: Partial<RoleHealth> = {}): HealthReply => ({ kind: 'answered', status: 200, health: { ...fresh, ...change } })
const silent: HealthReply = { kind: 'silent', why: 'no whole answer came within 2000 ms' }
const refused: HealthReply = { kind: 'refused', why: 'nobody listens at its port' }

describe('judgeWatchdog', () => {
  test.each<readonly [string, number | null, HealthReply, string]>([
    ['the right process with a fresh cycle', 42, answers(), 'well'],
    ['its loop stands still', 42, answers({ ok: false }), 'stalled'],
    ['it is stopped by a signal: its port is open, nobody answers', 42, silent, 'stalled'],
    ['it lives and listens no more', 42, refused, 'stalled'],
    ['it is gone', null, refused, 'dead'],
    ['it is gone, and something mute holds its port', null, silent, 'foreign'],
    ['another watchdog answers at its port', 41, answers(), 'foreign'],
    ['one that looks after another home answers', null, answers(), 'foreign'],
    ['another role answers', 42, answers({ role: 'dashboard' }), 'foreign'],
    ['something that is no role answers', 42, { kind: 'answered', status: 404, health: null }, 'foreign'],
  ])('%s', (_, pid, reply, expected) => {
    expect(judgeWatchdog({ wanted: true, pid, reply }).kind).toBe(expected)
  })

  test('what is not wanted is not looked at', () => {
    expect(judgeWatchdog({ wanted: false, pid: null, reply: refused })).toEqual({ kind: 'not-wanted' })
  })
})
