import type { RequestAct, RequestEvent, RequestLoop, RequestStep, RequestWorld } from '@sanctum/router-failover'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runSequence, sound, type Watched } from './run-sequence.ts'

const commands = fc.array(fc.nat(1_000_000), { minLength: 5, maxLength: 60, size: 'max' })
const runs = process.env['SANCTUM_TEST_LONG'] === '1' ? 50_000 : 5_000

test(`${runs} sequences of commands break nothing`, () => {
  fc.assert(
    fc.property(commands, (sequence) => {
      expect(runSequence(sequence)).toEqual([])
    }),
    { numRuns: runs },
  )
}, 60_000)

/** The watched router, with its step changed. */
function plant(change: (step: RequestStep, event: RequestEvent, loop: RequestLoop, world: RequestWorld) => RequestStep): Watched {
  return { ...sound, reduceRequest: (loop, event, world) => change(sound.reduceRequest(loop, event, world), event, loop, world) }
}

const isBreakOff = (event: RequestEvent, loop: RequestLoop): boolean => event.kind === 'failed' && event.attempt === loop.committed

const planted: Readonly<Record<string, readonly [Watched, RegExp]>> = {
  'an answer that is replayed after its first byte': [
    plant((step, event, loop) => {
      const other = loop.route.targets.find(({ key }) => key !== loop.attempts.at(-1)?.target.key)
      if (!isBreakOff(event, loop) || !other) return step
      const clocks = { connectMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 }
      const again: RequestAct = {
        kind: 'attempt',
        attempt: loop.attempts.length,
        target: other,
        route: loop.route,
        clocks,
        continues: null,
      }
      return { ...step, acts: [again] }
    }),
    /second answer/,
  ],
  'a cooldown that a later error overwrites': [
    {
      ...sound,
      reduceTarget: (state, event, policy) => {
        const after = sound.reduceTarget(state, event, policy)
        const isLimited = event.kind === 'failed' && event.failure.status === 429
        return isLimited ? { ...after, coolUntilMs: event.atMs + (event.failure.retryAfterMs ?? 5_000) } : after
      },
    },
    /cooldown .* shorter|Retry-After/,
  ],
  'a broken answer that ends like a whole one': [
    plant((step, event, loop) =>
      isBreakOff(event, loop)
        ? { ...step, acts: step.acts.map((act) => (act.kind === 'fail' ? { kind: 'finish', attempt: loop.committed ?? 0 } : act)) }
        : step,
    ),
    /not ended well/,
  ],
  'a broken answer of which nobody is told': [
    plant((step, event, loop) => (isBreakOff(event, loop) ? { ...step, acts: [] } : step)),
    /nobody was told/,
  ],
  'a probe that queues behind a generation': [
    {
      ...sound,
      reduceRequest: (loop, event, world) =>
        sound.reduceRequest(loop, event, { ...world, states: (key) => ({ ...world.states(key), inFlight: 0, speaking: 0 }) }),
    },
    /behind a generation/,
  ],
  'a load for each caller': [
    {
      ...sound,
      reduceRequest: (loop, event, world) =>
        sound.reduceRequest(loop, event, { ...world, states: (key) => ({ ...world.states(key), warmUpSinceMs: null }) }),
    },
    /two warm-ups/,
  ],
  'a secure request that may leave': [
    {
      ...sound,
      reduceRequest: (loop, event, world) => sound.reduceRequest({ ...loop, route: { ...loop.route, secure: false } }, event, world),
    },
    /secure request went/,
  ],
  'a loser that is not hung up': [
    plant((step) => ({ ...step, acts: step.acts.filter(({ kind }) => kind !== 'abort') })),
    /beside another attempt|nobody ended/,
  ],
  'a last target that is ejected': [
    plant((step, event) => {
      const failure = { status: 503, code: 'down', message: 'down', retryAfterS: null } as const
      return event.kind === 'began' && step.acts.length === 0
        ? { ...step, acts: [{ kind: 'fail', failure }], loop: { ...step.loop, phase: 'done' }, wakeAtMs: null }
        : step
    }),
    /ejected/,
  ],
}

describe('would be noticed:', () => {
  test.each(Object.entries(planted))('%s', (_, [watched, expected]) => {
    const isFound = fc
      .sample(commands, { numRuns: 1_500, seed: 7 })
      .some((sequence) => runSequence(sequence, watched).some((what) => expected.test(what)))
    expect(isFound).toBe(true)
  })
})
