import type { Judgement, ProbePurpose, Verdict } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { judgeService } from './judge-service.ts'
import type { RequirementVerdict, ServiceEvidence } from './service-evidence.ts'

const passes: Judgement = { verdict: 'healthy', sinceMs: 0, why: 'status 200', confirmed: true }
const fails: Judgement = { verdict: 'failed', sinceMs: 0, why: 'nobody listens', cause: 'transport', confirmed: true }
const open: Judgement = { verdict: 'could-not-check', sinceMs: 0, why: 'EMFILE', confirmed: false }

function evidence(overrides: Partial<ServiceEvidence> = {}): ServiceEvidence {
  return {
    kind: 'daemon',
    activity: 'running',
    activityWhy: 'it runs',
    lastExit: null,
    wanted: true,
    fallbackOnly: false,
    startOverdue: true,
    starting: false,
    judgements: { liveness: passes },
    requirements: [],
    ...overrides,
  }
}

function requirement(verdict: Verdict, overrides: Partial<RequirementVerdict> = {}): RequirementVerdict {
  return { service: 'vm', strength: 'hard', verdict, root: 'vm', ...overrides }
}

const bad = { code: 1, signal: null }
const good = { code: 0, signal: null }
type Row = readonly [what: string, given: Partial<ServiceEvidence>, expected: Verdict]

const rows: readonly Row[] = [
  ['alive', {}, 'healthy'],
  ['runs and nobody asks more', { judgements: {} }, 'healthy'],
  ['runs but does not answer', { judgements: { liveness: fails } }, 'failed'],
  ['alive, not ready', { judgements: { liveness: passes, readiness: fails } }, 'failed'],
  ['answers, does no work', { judgements: { liveness: passes, contract: fails } }, 'failed'],
  ['nothing could be asked', { judgements: { liveness: open } }, 'could-not-check'],
  ['a failure counts more than what could not be asked', { judgements: { liveness: open, readiness: fails } }, 'failed'],
  ['starting has its time', { activity: 'starting', startOverdue: false, judgements: { liveness: fails } }, 'could-not-check'],
  ['starting for too long', { activity: 'starting', judgements: { liveness: fails } }, 'failed'],
  ['startup gates the others', { startOverdue: false, judgements: { startup: fails, liveness: fails } }, 'could-not-check'],
  ['even where they pass', { startOverdue: false, judgements: { startup: fails, liveness: passes } }, 'could-not-check'],
  ['startup for too long', { judgements: { startup: fails, liveness: passes } }, 'failed'],
  ['startup that could not be asked is not too long', { judgements: { startup: open } }, 'could-not-check'],
  ['startup passed: the others are heard', { judgements: { startup: passes, liveness: fails } }, 'failed'],
  ['never answered yet and has time', { starting: true, startOverdue: false, judgements: { liveness: fails } }, 'could-not-check'],
  ['never answered and its manager gave up', { starting: true, activity: 'failed', judgements: { liveness: fails } }, 'failed'],
  ['lives, but not as the disk says', { judgements: { liveness: { ...passes, verdict: 'drift' } } }, 'drift'],
  ['drifts, and fails besides', { judgements: { liveness: { ...passes, verdict: 'drift' }, readiness: fails } }, 'failed'],
  ['startup alone', { judgements: { startup: passes } }, 'healthy'],
  ['stopped though wanted', { activity: 'stopped' }, 'failed'],
  ['stopped, and its port answers: somebody else does', { activity: 'stopped', judgements: { liveness: passes } }, 'failed'],
  ['stopped by a person', { activity: 'stopped', wanted: false }, 'not-applicable'],
  ['crashing', { activity: 'backing-off' }, 'failed'],
  ['given up, even if a person wants it down', { activity: 'failed', wanted: false }, 'failed'],
  ['its manager holds it back', { activity: 'waiting' }, 'blocked'],
  ['a daemon that ended', { activity: 'completed' }, 'failed'],
  ['its manager does not say, an answer does', { activity: 'unknown' }, 'healthy'],
  ['stands by', { activity: 'stopped', fallbackOnly: true }, 'not-applicable'],
  ['stands by no more, and fails', { activity: 'running', fallbackOnly: true, judgements: { liveness: fails } }, 'failed'],
  ['a one-shot that ended well', { kind: 'oneshot', activity: 'completed', lastExit: good, judgements: {} }, 'healthy'],
  ['a one-shot that ended badly', { kind: 'oneshot', activity: 'failed', lastExit: bad, judgements: {} }, 'failed'],
  ['a one-shot that ended badly and looks completed', { kind: 'oneshot', activity: 'completed', lastExit: bad, judgements: {} }, 'failed'],
  ['a one-shot that is stopped ended well before', { kind: 'oneshot', activity: 'stopped', lastExit: good, judgements: {} }, 'healthy'],
  ['a one-shot that never ran', { kind: 'oneshot', activity: 'stopped', judgements: {} }, 'could-not-check'],
  ['a job between two runs', { kind: 'periodic', activity: 'waiting', lastExit: good, judgements: {} }, 'healthy'],
  ['a job whose last run failed', { kind: 'periodic', activity: 'waiting', lastExit: bad, judgements: {} }, 'failed'],
  ['a job that was not due yet', { kind: 'periodic', activity: 'waiting', judgements: {} }, 'not-applicable'],
  [
    'a job that was not due yet, and its probe knows no end',
    { kind: 'periodic', activity: 'waiting', judgements: { liveness: open } },
    'not-applicable',
  ],
  [
    'a job whose last good end is too old',
    { kind: 'periodic', activity: 'waiting', lastExit: good, judgements: { liveness: fails } },
    'failed',
  ],
  ['a job at work', { kind: 'periodic', activity: 'running', judgements: {} }, 'healthy'],
  ['external and well', { kind: 'external', activity: null }, 'healthy'],
  ['external and down', { kind: 'external', activity: null, judgements: { liveness: fails } }, 'failed'],
  ['external and nobody looks', { kind: 'external', activity: null, judgements: {} }, 'could-not-check'],
  ['an interface that is there', { kind: 'network', activity: null, judgements: { readiness: passes } }, 'healthy'],
  ['needs what is down', { requirements: [requirement('failed')] }, 'blocked'],
  ['needs what is blocked', { requirements: [requirement('blocked')] }, 'blocked'],
  ['fails, and needs what is down', { judgements: { liveness: fails }, requirements: [requirement('failed')] }, 'blocked'],
  ['crashes, and needs what is down', { activity: 'backing-off', requirements: [requirement('failed')] }, 'blocked'],
  [
    'fails, and of what it needs nothing is known',
    { judgements: { liveness: fails }, requirements: [requirement('could-not-check')] },
    'blocked',
  ],
  ['answers, and of what it needs nothing is known', { requirements: [requirement('could-not-check')] }, 'healthy'],
  [
    'fails, and what it needs was taken down',
    { judgements: { liveness: fails }, requirements: [requirement('not-applicable')] },
    'blocked',
  ],
  [
    'does its real work though what it needs looks down',
    { judgements: { contract: passes }, requirements: [requirement('failed')] },
    'healthy',
  ],
  ['a soft requirement blocks nothing', { requirements: [requirement('failed', { strength: 'soft' })] }, 'healthy'],
  ['nor does it excuse', { judgements: { liveness: fails }, requirements: [requirement('failed', { strength: 'soft' })] }, 'failed'],
  ['drift below blocks nothing', { requirements: [requirement('drift')] }, 'healthy'],
  ['taken down waits on nobody', { activity: 'stopped', wanted: false, requirements: [requirement('failed')] }, 'not-applicable'],
]

describe('judgeService', () => {
  test.each(rows)('%s', (_, given, expected) => {
    expect(judgeService(evidence(given)).verdict).toBe(expected)
  })

  test('names the deepest cause, and the way to it', () => {
    const judgement = judgeService(evidence({ requirements: [requirement('blocked', { service: 'bridge', root: 'vm' })] }))
    expect(judgement).toMatchObject({ cause: 'vm', why: 'waits for bridge, which is blocked itself, because of vm' })
  })

  test('its own trouble has no other cause', () => {
    expect(judgeService(evidence({ judgements: { liveness: fails } }))).toMatchObject({ cause: null, why: 'nobody listens' })
  })

  test('names what its own trouble looks like, and by which purpose it shows', () => {
    expect(judgeService(evidence({ judgements: { liveness: passes, contract: fails } }))).toMatchObject({
      symptom: 'transport',
      failing: 'contract',
    })
    const crashing = judgeService(evidence({ activity: 'backing-off' }))
    expect(crashing.symptom).toBe('crashed')
    expect(crashing).not.toHaveProperty('failing')
    expect(judgeService(evidence({ activity: 'failed' })).symptom).toBe('given-up')
    expect(judgeService(evidence({ activity: 'stopped' })).symptom).toBe('not-running')
    expect(judgeService(evidence({ requirements: [requirement('failed')], judgements: { liveness: fails } }))).not.toHaveProperty('symptom')
  })

  test('busy is told, and is not sick', () => {
    const busy: Judgement = { ...passes, why: 'busy: its last real work succeeded 5 s ago', busy: true }
    expect(judgeService(evidence({ judgements: { liveness: busy } }))).toMatchObject({ verdict: 'healthy', busy: busy.why })
  })

  test('a first impression is not confirmed', () => {
    expect(judgeService(evidence({ judgements: { liveness: { ...fails, confirmed: false } } })).confirmed).toBe(false)
    expect(judgeService(evidence({ judgements: { liveness: { ...passes, confirmed: false } } })).confirmed).toBe(false)
  })

  test('says which of the purposes failed', () => {
    const why = (purposes: Partial<Record<ProbePurpose, Judgement>>) => judgeService(evidence({ judgements: purposes })).why
    expect(why({ liveness: passes, readiness: fails })).toBe('alive, but not ready: nobody listens')
    expect(why({ liveness: passes, contract: fails })).toBe('answers, but does not do its work: nobody listens')
    expect(why({ startup: fails })).toBe('did not start in its time: nobody listens')
    expect(judgeService(evidence({ kind: 'external', activity: null, judgements: { liveness: fails } })).why).toContain(
      'somebody else runs it',
    )
  })

  test('says which probe flaps, whatever the verdict is', () => {
    const flaps = { ...passes, flapping: true } as const
    expect(judgeService(evidence({ judgements: { liveness: passes, readiness: flaps } })).flapping).toBe('readiness')
    expect(judgeService(evidence({ judgements: { liveness: { ...fails, flapping: true } } })).flapping).toBe('liveness')
    expect(judgeService(evidence({ judgements: { liveness: passes } })).flapping).toBeUndefined()
  })

  test('planted fault: a judge that takes a job for a daemon heals what was meant to end', () => {
    const asDaemon = (given: ServiceEvidence) => judgeService({ ...given, kind: 'daemon' })
    const phantoms = rows.filter(
      ([, given, expected]) =>
        (given.kind === 'oneshot' || given.kind === 'periodic') && expected !== 'failed' && asDaemon(evidence(given)).verdict === 'failed',
    )
    expect(phantoms.length).toBeGreaterThan(0)
  })
})
