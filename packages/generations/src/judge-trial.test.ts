import type { TrialDocument } from '@sanctum/contracts'
import { buildTrial } from '@sanctum/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeTrial, type TrialMoment } from './judge-trial.ts'

const trial = buildTrial({ generation: 7, goal: 6, begun_up_ms: 50_000 })
const sick = 'its services did not prove well'
const moment: TrialMoment = { current: 7, confirmed: 6, bootId: 'this boot', upMs: 60_000, isRunnerAlive: true }

describe('judgeTrial', () => {
  test.each<readonly [string, Partial<TrialDocument>, Partial<TrialMoment>, object]>([
    ['its process is at work and in time', {}, {}, { kind: 'waiting', sinceMs: 10_000, leftMs: 80_000 }],
    ['it is confirmed', {}, { confirmed: 7 }, { kind: 'none' }],
    ['it never came to hold', {}, { current: 6 }, { kind: 'none' }],
    ['another generation was made since', {}, { current: 8 }, { kind: 'none' }],
    ['no pointer', {}, { current: null }, { kind: 'none' }],
    ['nothing was ever confirmed', {}, { confirmed: null }, { kind: 'waiting' }],
    [
      'its process is gone',
      {},
      { isRunnerAlive: false },
      { kind: 'due', why: 'sanctumctl render, which was trying it, is gone', endsRunner: false },
    ],
    [
      'the deadline passed while its process lives',
      {},
      { upMs: 140_000 },
      { kind: 'due', why: 'it was not confirmed within 90 s', endsRunner: true },
    ],
    ['one millisecond before', {}, { upMs: 139_999 }, { kind: 'waiting', leftMs: 1 }],
    ['the deadline passed and its process is gone', {}, { upMs: 140_000, isRunnerAlive: false }, { kind: 'due', endsRunner: false }],
    // A process of the new boot that happens to have its pid and start time is another one.
    [
      'the machine was started again',
      {},
      { bootId: 'next boot', upMs: 3000 },
      { kind: 'due', why: 'the machine was started again before it was confirmed', endsRunner: false },
    ],
    [
      'another boot id, as a sandbox may show, but the process and the clock have gone on',
      {},
      { bootId: 'of a sandbox' },
      { kind: 'waiting' },
    ],
    ['a clock that ran backwards gives no more time than there was', {}, { upMs: 10 }, { kind: 'waiting', sinceMs: 0, leftMs: 90_000 }],
    ['its process found it sick', { state: 'failed', why: sick }, {}, { kind: 'due', why: sick, endsRunner: false }],
    [
      'its process found it sick and hangs',
      { state: 'failed', why: sick },
      { upMs: 200_000 },
      { kind: 'due', why: sick, endsRunner: true },
    ],
    ['somebody is going back', { state: 'reverting', why: sick }, {}, { kind: 'waiting' }],
    ['somebody is going back and has swapped', { state: 'reverting', why: sick }, { current: 6 }, { kind: 'waiting' }],
    ['who went back is gone before the swap', { state: 'reverting', why: sick }, { isRunnerAlive: false }, { kind: 'due', why: sick }],
    [
      'who went back is gone after the swap',
      { state: 'reverting', why: sick },
      { current: 6, isRunnerAlive: false },
      { kind: 'due', why: sick },
    ],
    ['who goes back hangs', { state: 'reverting', why: sick }, { current: 6, upMs: 200_000 }, { kind: 'due', endsRunner: true }],
    ['a way back that a later change overtook', { state: 'reverting', why: sick }, { current: 8 }, { kind: 'none' }],
    [
      'there is no way back',
      { state: 'stuck', why: 'generation 6 is not whole' },
      { isRunnerAlive: false },
      { kind: 'stuck', why: 'generation 6 is not whole' },
    ],
    ['there was no way back, and it was confirmed after all', { state: 'stuck', why: 'x' }, { confirmed: 7 }, { kind: 'none' }],
  ])('%s', (_, change, at, expected) => {
    expect(judgeTrial({ ...trial, ...change }, { ...moment, ...at })).toMatchObject(expected)
  })

  test('no trial', () => {
    expect(judgeTrial(null, moment)).toEqual({ kind: 'none' })
  })

  test('the time of day has no part in it: whatever a person sets the clock to', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), fc.nat(300_000), (clock, upMs) => {
        const told = { ...trial, begun_at: clock.toISOString() }
        expect(judgeTrial(told, { ...moment, upMs })).toEqual(judgeTrial(trial, { ...moment, upMs }))
      }),
      { numRuns: 200 },
    )
  })

  test('what is open and has no living process in its time is somebody else’s to take back: nothing waits for ever', () => {
    const states = fc.constantFrom<TrialDocument['state']>('trying', 'failed', 'reverting')
    const moments = fc.record({
      current: fc.constantFrom(6, 7),
      confirmed: fc.constantFrom(null, 6),
      bootId: fc.constantFrom('this boot', 'next boot'),
      upMs: fc.nat(1_000_000),
      isRunnerAlive: fc.boolean(),
    })
    fc.assert(
      fc.property(states, moments, (state, at) => {
        const { kind } = judgeTrial({ ...trial, state }, at)
        const isOpen = at.current === 7 || state === 'reverting'
        const isSameBoot = at.bootId === 'this boot' || at.upMs >= 50_000
        const mayWait = state !== 'failed' && at.isRunnerAlive && isSameBoot && at.upMs < 140_000
        expect(kind).toBe(!isOpen ? 'none' : mayWait ? 'waiting' : 'due')
      }),
      { numRuns: 1000 },
    )
  })
})
