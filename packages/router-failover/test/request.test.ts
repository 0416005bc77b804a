import type { Backend } from '@sanctum/contracts'
import {
  type AttemptFailure,
  createTargetState,
  defaultPolicy,
  type RequestFacts,
  reduceTarget,
  spendTokens,
  viewTarget,
} from '@sanctum/router-failover'
import { describe, expect, test } from 'vitest'
import { alone, createRig, failure, fine, pair, type Rig } from './request-rig.ts'
import { type Ending, type Household, simulateHousehold } from './simulate-household.ts'

const withLoad = (backends: typeof pair | typeof alone, load_time_s: number) => ({ m: { ...backends.m, load_time_s } })

/** The last act of a request, with the time until it was there. */
function finish(rig: Rig, request: ReturnType<Rig['request']>): { readonly said: readonly string[]; readonly tookMs: number } {
  const [startMs, said] = [rig.nowMs, [] as string[]]
  for (let count = 0; count < 1_000 && request.loop.phase !== 'done'; count++) said.push(...request.sleep())
  return { said, tookMs: rig.nowMs - startMs }
}

describe('1. the commit point is the first real output', () => {
  test('an answer is committed at its first output and finished at its end', () => {
    const request = createRig(pair).request()
    expect(request.begin()).toEqual(['attempt m/0'])
    expect(request.output(0)).toEqual(['commit 0'])
    expect(request.end(0)).toEqual(['finish 0'])
    expect(request.loop.phase).toBe('done')
    expect(request.wakeAtMs).toBeNull()
  })

  test('an assured answer is committed when it is whole; a cut of it is repaired by another, from its start', () => {
    const request = createRig(pair).request({ delivery: 'assured' })
    request.begin()
    expect(request.output(0)).toEqual([])
    expect(request.fail(0, { cause: 'cut', phase: 'holding' })).toEqual(['attempt m/1'])
    expect(request.output(1)).toEqual([])
    expect(request.end(1)).toEqual(['commit 1', 'finish 1'])
  })

  test('a broken answer that is still held is not sent', () => {
    const request = createRig(pair).request({ delivery: 'assured' })
    request.begin()
    request.output(0)
    const broken = { kind: 'broken', why: 'pure-repetition' } as const
    expect(request.on({ kind: 'ended', attempt: 0, quality: broken, completionTokens: 9 })).toEqual(['attempt m/1'])
  })

  test('an end without output is an empty answer', () => {
    const request = createRig(pair).request()
    request.begin()
    expect(request.end(0)).toEqual(['attempt m/1'])
  })
})

const withFallbackLoad = { m: { ...pair.m, load_time_s: 20 } }
const coldOther = (rig: Rig): void =>
  rig.tell('m/1', {
    kind: 'failed',
    atMs: rig.nowMs,
    failure: failure({ cause: 'first-token-timeout' }),
    hadOutput: false,
    isOwnModel: true,
  })
const failedOther = (rig: Rig): void => {
  coldOther(rig)
  rig.tell('m/1', { kind: 'warm-up-started', atMs: rig.nowMs })
  rig.warmUpEnds('m/1', { cause: 'first-token-timeout' })
}

/** So many whole answers of the primary, each after so long. */
const wholes = (count: number, tookMs: number) => (rig: Rig) => {
  for (let number = 0; number < count; number++) {
    rig.tell('m/0', { kind: 'attempt-started', atMs: 1_000 })
    rig.tell('m/0', { kind: 'first-token', atMs: 1_000, tookMs, promptBytes: 100, isStream: false })
    rig.tell('m/0', { kind: 'answered', atMs: 1_000, tookMs, firstTokenMs: tookMs, completionTokens: 5, quality: fine, slow: null })
  }
}

describe('2. four clocks, by target and condition', () => {
  const clocksOf = (backends: Readonly<Record<string, Backend>>, prepare: (rig: Rig) => void, facts = {}) => {
    const rig = createRig(backends)
    prepare(rig)
    const request = rig.request(facts)
    request.begin()
    const [act] = request.acts
    return act?.kind === 'attempt' ? act.clocks : null
  }
  test.each([
    ['never seen, with somebody else', pair, () => {}, {}, 6_000],
    ['never seen, and nobody else', alone, () => {}, {}, 80_000],
    ['never seen, and nobody else, with a declared load', withLoad(alone, 75), () => {}, {}, 112_500],
    ['warm at 400 ms', pair, (rig: Rig) => rig.warm('m/0'), {}, 4_000],
    ['warm, but the prompt is long', pair, (rig: Rig) => rig.warm('m/0'), { promptBytes: 200_000 }, 36_000],
    [
      'busy with somebody',
      pair,
      (rig: Rig) => {
        rig.warm('m/0')
        rig.tell('m/0', { kind: 'attempt-started', atMs: 1_000 })
        rig.tell('m/0', { kind: 'first-token', atMs: 1_000, tookMs: 400, promptBytes: 10, isStream: true })
      },
      {},
      12_000,
    ],
    ['no stream', pair, (rig: Rig) => rig.warm('m/0'), { isStream: false }, 60_000],
    ['no stream, and nobody else: all the time there is', alone, () => {}, { isStream: false }, 300_000],
    [
      'no stream, nobody else, and whole answers were quick: they may have been short',
      alone,
      wholes(20, 100),
      { isStream: false },
      300_000,
    ],
    ['no stream, and a written limit', { m: { ...alone.m, timeouts: { first_token_ms: 777 } } }, () => {}, { isStream: false }, 777],
    ['no stream, warm, and the other one is cold', pair, coldOther, { isStream: false }, 300_000],
    ['a stream, and the other one is cold', pair, coldOther, {}, 6_000],
    ['no stream, not to be asked as well, and the other one is cold', pair, coldOther, { isStream: false, usesTools: true }, 60_000],
    ['a stream, and the other one could not be warmed', pair, failedOther, {}, 80_000],
    ['a stream, and the other one could not be warmed but loads in 20 s', withFallbackLoad, failedOther, {}, 6_000],
    ['a deadline before all that', pair, () => {}, { deadlineAtMs: 3_000 }, 2_000],
    ['written', { m: { ...pair.m, timeouts: { first_token_ms: 777 } } }, () => {}, {}, 777],
  ])('first token: %s', (_, backends, prepare, facts, expected) => {
    expect(clocksOf(backends, prepare, facts)?.firstTokenMs).toBe(expected)
  })

  const triesOf = (backends: typeof pair | typeof alone, facts: Partial<RequestFacts> = {}) => {
    const rig = createRig(backends)
    const request = rig.request({ deadlineAtMs: rig.nowMs + 600_000, ...facts })
    request.begin()
    for (let count = 0; count < 1_000 && request.loop.phase !== 'done'; count++) {
      const running = request.loop.attempts.findIndex(({ state }) => state !== 'over')
      const attempt = request.loop.attempts[running]
      if (attempt === undefined) {
        if (request.sleep().some((act) => act.startsWith('warm'))) rig.warmUpEnds('m/0')
        continue
      }
      rig.nowMs = attempt.startedAtMs + attempt.clocks.firstTokenMs
      const cause = attempt.clocks.firstTokenMs < attempt.clocks.totalMs ? 'first-token-timeout' : 'total-timeout'
      request.fail(running, { cause })
    }
    return request.loop.attempts.map(({ target, clocks }) => [target.id, clocks.firstTokenMs])
  }

  test('a second try at the same target has at least twice the time, so that slow work can end', () => {
    const tries = triesOf(alone)
    expect(tries.slice(0, 2)).toEqual([
      ['m/0', 80_000],
      ['m/0', 160_000],
    ])
  })

  test('a whole answer that takes 133 s is waited for where nobody else is, and asked for once', () => {
    expect(triesOf(alone, { isStream: false })).toEqual([['m/0', 600_000]])
  })

  test('four times the p95 of what was seen, where that is more than the floor', () => {
    const learned = clocksOf(pair, (rig) => {
      for (const tookMs of [1_000, 2_000, 3_000]) {
        rig.tell('m/0', { kind: 'attempt-started', atMs: 1_000 })
        rig.tell('m/0', { kind: 'first-token', atMs: 1_000, tookMs, promptBytes: 100, isStream: true })
        rig.tell('m/0', { kind: 'abandoned', atMs: 1_000, hadOutput: true })
      }
    })
    expect(learned?.firstTokenMs).toBe(12_000)
  })
})

describe('5. recovery is one synthetic request, and users come back after its token', () => {
  test('five failures open the breaker; after its hold a token is asked for while users are served elsewhere', () => {
    const rig = createRig(pair)
    rig.warm('m/0', 'm/1')
    for (let count = 0; count < 5; count++) {
      const request = rig.request()
      expect(request.begin()).toEqual(['attempt m/0'])
      expect(request.fail(0, { status: 503 })).toEqual(['attempt m/1'])
      request.output(1)
      request.end(1)
      rig.nowMs += 4_000
    }
    expect(rig.request().begin()).toEqual(['attempt m/1'])
    rig.nowMs += 30_000
    expect(rig.request().begin()).toEqual(['warm m/0', 'attempt m/1'])
    expect(rig.request().begin()).toEqual(['attempt m/1'])
    rig.warmUpEnds('m/0', { status: 503 })
    expect(rig.request().begin()).toEqual(['attempt m/1'])
    rig.nowMs += 10_000
    expect(rig.request().begin()).toEqual(['warm m/0', 'attempt m/1'])
    rig.warmUpEnds('m/0')
    expect(rig.request().begin()).toEqual(['attempt m/0'])
  })

  test('a primary that refused is not asked by a user before it has shown a token', () => {
    const rig = createRig(pair)
    rig.warm('m/0', 'm/1')
    const first = rig.request()
    first.begin()
    first.fail(0, { cause: 'refused', phase: 'connect' })
    rig.nowMs += 1_000
    expect(rig.request().begin()).toEqual(['attempt m/1'])
    rig.tell('m/0', { kind: 'health-seen', atMs: rig.nowMs, health: 'ready' })
    rig.nowMs += 1_000
    expect(rig.request().begin()).toEqual(['warm m/0', 'attempt m/1'])
    rig.nowMs += 60_000
    expect(rig.request().begin()).toEqual(['attempt m/1'])
    rig.warmUpEnds('m/0', null, 60_000)
    expect(rig.request().begin()).toEqual(['attempt m/0'])
  })
})

describe('6. and 8. a silent attempt: what stands in is made warm, then it is asked as well', () => {
  test('cold fallback: warm first, hedge when it is', () => {
    const rig = createRig(pair)
    const request = rig.request()
    request.begin()
    expect(request.sleep()).toEqual(['warm m/1'])
    expect(rig.nowMs).toBe(4_000)
    rig.nowMs += 500
    rig.warmUpEnds('m/1')
    expect(request.news()).toEqual(['attempt m/1'])
    expect(request.output(1)).toEqual(['abort 0', 'commit 1'])
    expect(request.fail(0, { cause: 'cut' })).toEqual([])
    expect(request.end(1)).toEqual(['finish 1'])
    expect(rig.state('m/0')).toMatchObject({ inFlight: 0, failures: 0 })
  })

  test('warm fallback: asked as soon as the primary is later than it ever was', () => {
    const rig = createRig(pair)
    rig.warm('m/0', 'm/1')
    const request = rig.request()
    request.begin()
    expect(request.sleep()).toEqual(['attempt m/1'])
    expect(rig.nowMs).toBe(2_000)
    expect(request.output(0)).toEqual(['abort 1', 'commit 0'])
  })

  test.each([
    ['a request that acts', pair, { usesTools: true }],
    ['one that must not be asked twice', pair, { isRepeatable: false }],
    [
      'a metered target',
      { m: { url: 'http://127.0.0.1:1/v1', fallback_urls: [{ url: 'https://c.example/v1', locality: 'cloud' as const }] } },
      {},
    ],
  ])('never for %s', (_, backends, facts) => {
    const rig = createRig(backends)
    rig.warm('m/0', 'm/1')
    const request = rig.request(facts)
    request.begin()
    expect(request.sleep(8_000)).toEqual([])
  })

  test('six hedges in a minute, and no more', () => {
    const rig = createRig(pair)
    rig.warm('m/0', 'm/1')
    const hedged = Array.from({ length: 10 }, () => {
      rig.nowMs += 1
      const request = rig.request()
      request.begin()
      const said = request.sleep(1_500)
      request.on({ kind: 'client-gone' })
      return said.length
    })
    expect(hedged.filter(Boolean).length).toBe(7)
  })
})

describe('7. hold, do not bounce, and show life', () => {
  test('a cold model with a declared load is waited for, with one load for all, and life is shown', () => {
    const rig = createRig(withLoad(alone, 75))
    rig.tell('m/0', { kind: 'health-seen', atMs: rig.nowMs, health: 'loading' })
    const [first, second] = [rig.request(), rig.request()]
    expect(first.begin()).toEqual(['warm m/0'])
    expect(second.begin()).toEqual([])
    const life: number[] = []
    while (rig.nowMs < 76_000) {
      const said = first.sleep(76_000 - rig.nowMs)
      if (said.includes('show-life')) life.push(rig.nowMs)
      expect(said.filter((act) => act !== 'show-life')).toEqual([])
    }
    expect(life.map((atMs, index) => atMs - (life[index - 1] ?? 1_000)).every((gapMs) => gapMs <= 10_000)).toBe(true)
    expect(life).toHaveLength(8)
    rig.warmUpEnds('m/0', null, 75_000)
    expect(first.news()).toEqual(['attempt m/0'])
    expect(second.news()).toContain('attempt m/0')
    expect(rig.state('m/0').waiting).toBe(0)
  })

  test('a server that starts is asked again twice a second while somebody waits', () => {
    const rig = createRig(withLoad(alone, 75))
    const request = rig.request()
    request.begin()
    expect(request.fail(0, { cause: 'refused', phase: 'connect' })).toEqual([])
    let asked = 0
    while (rig.nowMs < 61_000) {
      const said = request.sleep(61_000 - rig.nowMs)
      if (!said.includes('warm m/0')) continue
      asked += 1
      rig.warmUpEnds('m/0', rig.nowMs < 30_000 ? { cause: 'refused', phase: 'connect' } : { status: 503, message: 'Loading model' })
    }
    expect(asked).toBeGreaterThan(100)
    expect(rig.state('m/0').breaker.isOpen).toBe(false)
    const before = rig.nowMs
    while (rig.nowMs < before + 1_000 && !request.sleep(1_000).includes('warm m/0'));
    rig.warmUpEnds('m/0')
    expect(request.news()).toEqual(['attempt m/0'])
  })

  test('a fault of a moment at the primary does not cost the load of what stands in: the primary is asked again, the other is warmed', () => {
    const rig = createRig(pair)
    rig.warm('m/0')
    rig.tell('m/1', { kind: 'health-seen', atMs: rig.nowMs, health: 'loading' })
    const request = rig.request()
    request.begin()
    expect(request.fail(0, { status: 503 })).toEqual(['warm m/1'])
    expect(request.sleep(1_000)).toEqual(['attempt m/0'])
    expect(request.output(1)).toEqual(['commit 1'])
  })

  test('a primary that keeps failing is left for a target that loads, and that one is still asked', () => {
    const rig = createRig({ m: { ...pair.m, load_time_s: 20, fallback_urls: ['http://127.0.0.1:2/v1', 'http://127.0.0.1:3/v1'] } })
    rig.warm('m/0', 'm/1')
    rig.tell('m/2', { kind: 'health-seen', atMs: rig.nowMs, health: 'loading' })
    const request = rig.request()
    request.begin()
    for (let count = 0; count < 100 && rig.nowMs < 15_000; count++) {
      const running = request.loop.attempts.findIndex(({ state }) => state !== 'over')
      if (running >= 0) request.fail(running, { status: 503 })
      else request.sleep(1_000)
    }
    expect(request.loop).toMatchObject({ phase: 'open', waitsFor: [rig.target('m/2').key] })
    rig.warmUpEnds('m/2')
    expect(request.news()).toEqual(['attempt m/2'])
  })

  test('a second wait is measured from its own beginning', () => {
    const rig = createRig(alone)
    const request = rig.request()
    request.begin()
    request.fail(0, { cause: 'refused', phase: 'connect' })
    while (rig.nowMs < 11_000) request.sleep(11_000 - rig.nowMs)
    rig.tell('m/0', { kind: 'health-seen', atMs: rig.nowMs, health: 'ready' })
    rig.warmUpEnds('m/0')
    expect(request.news()).toEqual(['attempt m/0'])
    request.fail(1, { cause: 'refused', phase: 'connect' })
    const again = rig.nowMs
    while (rig.nowMs < again + 12_000) expect(request.sleep(again + 12_000 - rig.nowMs).join()).not.toContain('fail')
    expect(request.loop.phase).toBe('open')
    expect(finish(rig, request).said.at(-1)).toBe('fail 503 upstream_failed')
    expect(rig.nowMs).toBeLessThan(again + 20_000)
  })

  test('of a server that nobody knows to return, the wait is short, and the end honest', () => {
    const rig = createRig(alone)
    const request = rig.request()
    request.begin()
    request.fail(0, { cause: 'refused', phase: 'connect' })
    const { said, tookMs } = finish(rig, request)
    expect(said.at(-1)).toBe('fail 503 upstream_failed')
    expect(tookMs).toBeLessThan(20_000)
  })

  test('a load that takes longer than the caller has ends with the time that it still needs', () => {
    const rig = createRig(withLoad(alone, 75))
    rig.tell('m/0', { kind: 'health-seen', atMs: rig.nowMs, health: 'loading' })
    const request = rig.request({ deadlineAtMs: rig.nowMs + 20_000 })
    request.begin()
    expect(finish(rig, request).said.at(-1)).toBe('fail 504 deadline_exceeded')
    expect(request.acts.at(-1)).toMatchObject({ failure: { retryAfterS: 55 } })
  })

  test('no more than so many wait', () => {
    const rig = createRig(withLoad(alone, 75))
    rig.tell('m/0', { kind: 'health-seen', atMs: rig.nowMs, health: 'loading' })
    const said = Array.from({ length: 66 }, () => rig.request().begin())
    expect(said.slice(1, 64).flat()).toEqual([])
    expect(said.slice(64).flat()).toEqual(['fail 503 queue_full', 'fail 503 queue_full'])
  })

  test('who leaves no longer waits', () => {
    const rig = createRig(withLoad(alone, 75))
    rig.tell('m/0', { kind: 'health-seen', atMs: rig.nowMs, health: 'loading' })
    const request = rig.request()
    request.begin()
    expect(rig.state('m/0').waiting).toBe(1)
    request.on({ kind: 'client-gone' })
    expect(rig.state('m/0').waiting).toBe(0)
  })

  test('the last one is never ejected', () => {
    const rig = createRig(alone)
    for (let count = 0; count < 5; count++)
      rig.tell('m/0', { kind: 'failed', atMs: 1_000, failure: failure({ cause: 'cut' }), hadOutput: false, isOwnModel: true })
    expect(viewTarget(rig.state('m/0'), 1_000).condition).toBe('down')
    expect(rig.request().begin()).toEqual(['attempt m/0'])
  })
})

describe('7. flapping while it loads, and the fallback loads for longer than it should', { timeout: 120_000 }, () => {
  const flapping = [
    [0, 'resets'],
    [5_000, 'loads'],
    [12_000, 'resets'],
    [15_000, 'loads'],
    [30_000, 'well'],
  ] as const
  const moods: Household['moods'] = {
    'm/0': flapping,
    'm/1': [
      [0, 'loads'],
      [60_000, 'well'],
    ],
  }
  const count = process.env['SANCTUM_TEST_LONG'] === '1' ? 5_000 : 500
  const firstSeed = Math.floor(Math.random() * 1_000_000)
  const endings = (given: Partial<Household>): readonly Ending[] =>
    Array.from({ length: count }, (_, number) =>
      simulateHousehold({ seed: firstSeed + number, moods, loadTimeS: 30, delivery: 'live', deadlineMs: 90_000, ...given }),
    )

  test.each(['live', 'assured'] as const)('%s: whatever comes in which order, it is answered soon after the first is well', (delivery) => {
    const lost = endings({ delivery }).flatMap((ending, number) =>
      ending.said === 'finish' && ending.tookMs < 40_000 && ending.attempts <= 6 ? [] : [{ seed: firstSeed + number, ...ending }],
    )
    expect(lost).toEqual([])
  })

  test('planted: without an attempt that is kept many of the same requests are given up', () => {
    const spent = { ...defaultPolicy, retry: { ...defaultPolicy.retry, attemptsPerTarget: 2 } }
    const lost = endings({ policy: spent }).filter(({ said }) => said.startsWith('fail'))
    expect(lost.length).toBeGreaterThan(count / 10)
  })
})

describe('9. retry by class', () => {
  test.each<[string, Partial<AttemptFailure>, readonly string[]]>([
    ['a reset', { cause: 'reset' }, ['attempt m/0']],
    ['500', { status: 500 }, ['attempt m/0']],
    ['refused', { cause: 'refused' }, ['attempt m/1']],
    ['502', { status: 502 }, ['attempt m/1']],
    ['503', { status: 503 }, ['attempt m/1']],
    ['504', { status: 504 }, ['attempt m/1']],
    ['silence', { cause: 'first-token-timeout' }, ['attempt m/1']],
    ['no connection in time', { cause: 'connect-timeout' }, ['attempt m/1']],
    ['an error frame first', { cause: 'error-frame' }, ['attempt m/1']],
    ['an empty answer', { cause: 'empty' }, ['attempt m/1']],
    ['a cut before any word', { cause: 'cut' }, ['attempt m/1']],
    ['429 with a short Retry-After', { status: 429, retryAfterMs: 2_000 }, ['attempt m/0']],
    ['429 with a long Retry-After', { status: 429, retryAfterMs: 20_000 }, ['attempt m/1']],
    ['429 without', { status: 429 }, ['attempt m/1']],
    ['401', { status: 401 }, ['attempt m/1']],
    ['403', { status: 403 }, ['attempt m/1']],
    ['404', { status: 404 }, ['attempt m/1']],
    ['a missing key', { cause: 'identity-missing' }, ['attempt m/1']],
    ['400', { status: 400 }, ['pass-on 0']],
    ['413', { status: 413 }, ['pass-on 0']],
    ['422', { status: 422 }, ['pass-on 0']],
    ['a context that is too long', { status: 400, code: 'context_length_exceeded' }, ['pass-on 0']],
    ['a refused prompt', { status: 400, code: 'content_policy_violation' }, ['pass-on 0']],
    ['a refused prompt that is told in-band', { cause: 'error-frame', status: 200, code: 'content_filter' }, ['pass-on 0']],
    ['a long context that is told in-band', { cause: 'error-frame', status: 200, code: 'context_length_exceeded' }, ['pass-on 0']],
    ['a refused prompt that says 403', { status: 403, code: 'content_filter' }, ['pass-on 0']],
  ])('%s', (_, given, expected) => {
    const rig = createRig(pair)
    const request = rig.request()
    request.begin()
    const said = request.fail(0, given)
    expect(said.length > 0 ? said : request.sleep(3_000)).toEqual(expected)
  })

  test('a prompt that is refused in-band says nothing about its target', () => {
    const rig = createRig(pair)
    for (let count = 0; count < 6; count++) {
      const request = rig.request()
      expect(request.begin()).toEqual(['attempt m/0'])
      request.fail(0, { cause: 'error-frame', status: 200, code: 'content_filter' })
    }
    expect(rig.state('m/0')).toMatchObject({ failures: 0, inFlight: 0 })
  })

  test('a second reset moves', () => {
    const request = createRig(pair).request()
    request.begin()
    request.fail(0, { cause: 'reset' })
    expect(request.sleep(1_000)).toEqual(['attempt m/0'])
    expect(request.fail(1, { cause: 'reset' })).toEqual(['attempt m/1'])
  })

  test('a client that repeats by itself is not multiplied', () => {
    const request = createRig(pair).request({ clientRetry: 1 })
    request.begin()
    expect(request.fail(0, { cause: 'reset' })).toEqual(['attempt m/1'])
    expect(request.fail(1, { status: 500 })).toEqual(['fail 502 upstream_failed'])
  })

  test('always 429: bounded, with pauses, and an end', () => {
    const rig = createRig(alone)
    const request = rig.request()
    const startMs = rig.nowMs
    request.begin()
    const times = [startMs]
    for (let count = 0; count < 100 && request.loop.phase !== 'done'; count++) {
      request.fail(request.loop.attempts.length - 1, { status: 429 })
      const said = request.sleep()
      if (said.some((act) => act.startsWith('attempt'))) times.push(rig.nowMs)
    }
    expect(times.length).toBeLessThanOrEqual(6)
    expect(times.filter((atMs) => atMs < startMs + 3_000).length).toBeLessThanOrEqual(4)
    expect(request.acts.at(-1)).toMatchObject({ kind: 'fail', failure: { status: 429 } })
  })

  test('always 503 on both: at most six attempts, at most three of them at one', () => {
    const rig = createRig(pair)
    const request = rig.request()
    request.begin()
    for (let count = 0; count < 200 && request.loop.phase !== 'done'; count++) {
      const running = request.loop.attempts.findIndex(({ state }) => state !== 'over')
      if (running >= 0) request.fail(running, { status: 503 })
      else request.sleep()
    }
    expect(request.loop.attempts.length).toBeLessThanOrEqual(6)
    expect(request.loop.attempts.filter(({ target }) => target.id === 'm/0').length).toBeLessThanOrEqual(3)
    expect(request.acts.at(-1)).toMatchObject({ kind: 'fail', failure: { status: 503 } })
  })

  test('a prompt that is too long goes to the route that is named for it, once', () => {
    const rig = createRig({ m: { ...alone.m, larger_context: 'big' }, big: { url: 'http://127.0.0.1:9/v1', default_model: 'big' } })
    const request = rig.request()
    request.begin()
    expect(request.fail(0, { status: 400, code: 'context_length_exceeded' })).toEqual(['attempt big/0'])
    expect(request.fail(1, { status: 400, code: 'context_length_exceeded' })).toEqual(['pass-on 1'])
  })

  test('a route for longer contexts whose cap is spent is not asked', () => {
    const big: Backend = { url: 'http://127.0.0.1:9/v1', daily_cap_completion_tokens: 1 }
    const rig = createRig({ m: { ...alone.m, larger_context: 'big' }, big })
    rig.caps = spendTokens(rig.caps, 'big', 1, 0)
    const request = rig.request()
    request.begin()
    expect(request.fail(0, { status: 400, code: 'context_length_exceeded' })).toEqual(['pass-on 0'])
  })

  test('an endpoint that nobody has is answered in the words of the last one, and no model is blamed', () => {
    const rig = createRig(pair)
    const request = rig.request({ endpoint: 'embeddings' })
    request.begin()
    expect(request.fail(0, { status: 404 })).toEqual(['attempt m/1'])
    expect(request.fail(1, { status: 404 }).concat(finish(rig, request).said).at(-1)).toBe('pass-on 1')
    expect(viewTarget(rig.state('m/0'), rig.nowMs).condition).toBe('unknown')
  })

  test('a name that the primary does not know is waited for at who was not asked yet', () => {
    const rig = createRig({ m: { url: 'http://127.0.0.1:1/v1', load_time_s: 20, models: ['*'], fallback_urls: ['http://127.0.0.1:2/v1'] } })
    rig.tell('m/1', { kind: 'health-seen', atMs: rig.nowMs, health: 'loading' })
    const request = rig.request({ model: 'another' })
    request.begin()
    expect(request.fail(0, { status: 404 })).toEqual(['warm m/1'])
    request.sleep(5_000)
    rig.warmUpEnds('m/1')
    expect(request.news()).toEqual(['attempt m/1'])
    expect(request.fail(1, { status: 404 })).toEqual(['pass-on 1'])
  })

  test.each([
    ['a refused prompt', 'content_filter'],
    ['a context that is too long', 'context_length_exceeded'],
  ])('%s is shown to nobody else, also while a second one is being asked', (_, code) => {
    const rig = createRig({
      m: { ...pair.m, fallback_urls: ['http://127.0.0.1:2/v1', { url: 'https://c.example/v1', locality: 'cloud' }] },
    })
    rig.warm('m/0', 'm/1')
    const request = rig.request()
    request.begin()
    expect(request.sleep()).toEqual(['attempt m/1'])
    expect(request.fail(0, { status: 400, code })).toEqual(['abort 1', 'pass-on 0'])
    expect(request.fail(1, { status: 503 })).toEqual([])
    expect(rig.state('m/1')).toMatchObject({ inFlight: 0, failures: 0 })
  })

  test('what must not be asked twice is asked elsewhere only before it was sent', () => {
    const before = createRig(pair).request({ isRepeatable: false })
    before.begin()
    expect(before.fail(0, { cause: 'refused', phase: 'connect' })).toEqual(['attempt m/1'])
    const after = createRig(pair).request({ isRepeatable: false })
    after.begin()
    expect(after.fail(0, { cause: 'cut', phase: 'headers' })).toEqual(['fail 502 upstream_failed'])
  })

  test('a budget for what is repeated at the same target; moving on needs none', () => {
    const rig = createRig(pair)
    rig.budget = { ...rig.budget, retries: 0 }
    const request = rig.request()
    request.begin()
    expect(request.fail(0, { cause: 'reset' })).toEqual(['attempt m/1'])
  })
})

describe('10. after the commit', () => {
  test.each([
    ['cut', 'fail 502 upstream_cut'],
    ['idle-timeout', 'fail 502 upstream_stalled'],
    ['error-frame', 'fail 502 upstream_error'],
  ] as const)('%s ends in-band, and nobody else speaks', (cause, expected) => {
    const request = createRig(pair).request()
    request.begin()
    request.output(0)
    expect(request.fail(0, { cause, phase: 'committed' })).toEqual([expected])
    expect(request.loop.attempts).toHaveLength(1)
  })

  test('plain text is continued once, where route and target allow it', () => {
    const rig = createRig({
      m: { ...pair.m, continuation: true, fallback_urls: [{ url: 'http://127.0.0.1:2/v1', model: 'b', prefill: true }] },
    })
    const request = rig.request()
    request.begin()
    request.output(0)
    const cut = { kind: 'failed', failure: failure({ cause: 'cut', phase: 'committed' }), continuable: true } as const
    expect(request.on({ ...cut, attempt: 0 })).toEqual(['attempt m/1 continues 0'])
    expect(request.output(1)).toEqual([])
    expect(request.on({ ...cut, attempt: 1 })).toEqual(['fail 502 upstream_cut'])
  })
})

test('a deadline in the middle of an answer breaks it off, and says so', () => {
  const rig = createRig(pair)
  const request = rig.request({ deadlineAtMs: rig.nowMs + 5_000 })
  request.begin()
  request.output(0)
  expect(request.sleep()).toEqual(['abort 0', 'fail 502 deadline_exceeded'])
  expect(rig.state('m/0')).toMatchObject({ inFlight: 0, speaking: 0, failures: 0 })
})

describe('11. who may be asked', () => {
  test('a target without the endpoint is skipped, not hit', () => {
    const rig = createRig({ m: { ...alone.m, endpoints: ['chat/completions'] } })
    expect(rig.request({ endpoint: 'audio/speech' }).begin()).toEqual(['fail 404 no_backend_fits'])
  })

  test('a model that the primary cannot load is for what stands in', () => {
    const rig = createRig({
      m: { url: 'http://127.0.0.1:1/v1', architectures: ['qwen3'], models: ['*'], fallback_urls: ['http://127.0.0.1:2/v1'] },
    })
    expect(rig.request({ model: 'gemma-3-27b' }).begin()).toEqual(['attempt m/1'])
    expect(rig.request({ model: 'qwen3-8b' }).begin()).toEqual(['attempt m/0'])
  })

  test('all misconfigured: told so at once', () => {
    const request = createRig(pair).request()
    request.begin()
    request.fail(0, { status: 401 })
    expect(request.fail(1, { cause: 'tls' })).toEqual(['fail 502 backend_misconfigured'])
  })

  test('a spent cap closes its route until tomorrow, also for streams', () => {
    const rig = createRig({ m: { ...alone.m, daily_cap_completion_tokens: 100 } })
    rig.caps = spendTokens(rig.caps, 'm', 100, 0)
    expect(rig.request().begin()).toEqual(['fail 429 daily_cap_reached'])
    rig.caps = spendTokens(rig.caps, 'm', 0, 86_400_000)
    expect(rig.request().begin()).toEqual(['attempt m/0'])
  })

  test('a cloud target that failed is tried by one user, after its hold', () => {
    const rig = createRig({
      m: { url: 'https://models.example/v1', locality: 'cloud', fallback_urls: [{ url: 'http://127.0.0.1:2/v1', locality: 'local' }] },
    })
    for (let count = 0; count < 5; count++)
      rig.tell('m/0', { kind: 'failed', atMs: 1_000, failure: failure({ status: 503 }), hadOutput: false, isOwnModel: true })
    expect(rig.request().begin()).toEqual(['attempt m/1'])
    rig.nowMs = 31_000
    const trial = rig.request()
    expect(trial.begin()).toEqual(['attempt m/0'])
    expect(rig.request().begin()).toEqual(['attempt m/1'])
    trial.output(0)
    trial.end(0)
    expect(rig.request().begin()).toEqual(['attempt m/0'])
  })
})

describe('a target', () => {
  test('keeps the longer of two holds', () => {
    const cool = (retryAfterMs: number) =>
      ({ kind: 'failed', atMs: 0, failure: failure({ status: 429, retryAfterMs }), hadOutput: false, isOwnModel: true }) as const
    const state = [cool(60_000), cool(1_000)].reduce((before, event) => reduceTarget(before, event), createTargetState())
    expect(viewTarget(state, 59_999)).toMatchObject({ condition: 'rate-limited', readyAtMs: 60_000 })
    expect(viewTarget(state, 60_000).condition).toBe('unknown')
  })

  test('that is slow on average so many times in a row is held', () => {
    const answer = {
      kind: 'answered',
      atMs: 1,
      tookMs: 20_000,
      firstTokenMs: 20_000,
      completionTokens: 1,
      quality: { kind: 'fine' },
      slow: { thresholdMs: 15_000, tripCount: 3 },
    } as const
    const states = [1, 2, 3].map((count) =>
      Array.from({ length: count }, () => answer).reduce((before, event) => reduceTarget(before, event), createTargetState()),
    )
    expect(states.map((state) => viewTarget(state, 1).breaker)).toEqual(['closed', 'closed', 'open'])
  })

  test('whose answers are broken is held after five', () => {
    const answer = {
      kind: 'answered',
      atMs: 1,
      tookMs: 1,
      firstTokenMs: 1,
      completionTokens: 0,
      quality: { kind: 'broken', why: 'empty-content' },
      slow: null,
    } as const
    const states = [4, 5].map((count) =>
      Array.from({ length: count }, () => answer).reduce((before, event) => reduceTarget(before, event), createTargetState()),
    )
    expect(states.map((state) => viewTarget(state, 1).breaker)).toEqual(['closed', 'open'])
  })
})
