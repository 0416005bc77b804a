import type { Judgement } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { judgeProbes } from './judge-probes.ts'
import type { ServiceEvidence, ServiceJudgement } from './service-evidence.ts'

const passes: Judgement = { verdict: 'healthy', sinceMs: 0, why: 'status 200', confirmed: true }
const drifts: Judgement = { ...passes, verdict: 'drift', why: 'it runs the former program' }
const fails: Judgement = { verdict: 'failed', sinceMs: 0, why: 'nobody listens', cause: 'transport', confirmed: true }
const open: Judgement = { verdict: 'could-not-check', sinceMs: 0, why: 'EMFILE', confirmed: false }

function judge(judgements: ServiceEvidence['judgements'], overrides: Partial<ServiceEvidence> = {}): ServiceJudgement {
  return judgeProbes({
    kind: 'daemon',
    activity: 'running',
    activityWhy: 'it runs',
    lastExit: null,
    wanted: true,
    fallbackOnly: false,
    startOverdue: false,
    starting: false,
    judgements,
    requirements: [],
    ...overrides,
  })
}

const unknown = { verdict: 'could-not-check', confirmed: false, cause: null }

describe('a process that has not answered yet', () => {
  test.each<[string, ServiceEvidence['judgements'], string]>([
    ['says what its startup probe says, before any other', { liveness: { ...fails, why: 'x' }, startup: fails }, 'starts: nobody listens'],
    ['says what the first of the others says', { readiness: { ...fails, why: 'x' }, liveness: fails }, 'starts: nobody listens'],
    ['says it once', { liveness: { ...open, why: 'starts: nobody listens' } }, 'starts: nobody listens'],
    ['is not well by what the former one answered', { liveness: passes }, 'starts: it has not answered yet'],
    ['says so where nobody asks', {}, 'starts: it has not answered yet'],
  ])('%s', (_what, judgements, why) => expect(judge(judgements, { starting: true })).toEqual({ ...unknown, why }))
})

describe('a startup probe', () => {
  test('keeps the others waiting until it passed or drifts', () => {
    expect(judge({ startup: fails, liveness: passes })).toEqual({ ...unknown, why: 'starts: nobody listens' })
    for (const startup of [passes, drifts])
      expect(judge({ startup, liveness: fails })).toMatchObject({ verdict: 'failed', failing: 'liveness' })
    expect(judge({ startup: drifts })).toMatchObject({ verdict: 'drift', why: drifts.why })
  })

  test('fails once all its time is over, and not by what could not be asked', () => {
    const why = 'did not start in its time: nobody listens'
    const failed = { verdict: 'failed', why, cause: null, confirmed: true, failing: 'startup', symptom: 'transport' }
    expect(judge({ startup: fails }, { startOverdue: true })).toEqual(failed)
    expect(judge({ startup: open }, { startOverdue: true })).toEqual({ ...unknown, why: 'starts: EMFILE' })
  })
})

describe('the others', () => {
  test.each<[string, ServiceEvidence['judgements'], Partial<ServiceEvidence>, string]>([
    ['one that lives', { liveness: passes, readiness: fails }, {}, 'alive, but not ready: nobody listens'],
    ['one that answers', { liveness: passes, contract: fails }, {}, 'answers, but does not do its work: nobody listens'],
    ['one of which nobody knows whether it lives', { liveness: open, contract: fails }, {}, 'nobody listens'],
    ['one that does not live', { liveness: fails, contract: fails }, {}, 'nobody listens'],
    ['one of somebody else', { liveness: fails }, { kind: 'external' }, 'nobody listens; somebody else runs it'],
  ])('tell of %s what fails', (_what, judgements, overrides, why) => {
    expect(judge(judgements, overrides)).toMatchObject({ verdict: 'failed', confirmed: true, why, symptom: 'transport' })
  })

  test('a failure is a first impression as long as its probe has but one', () => {
    expect(judge({ liveness: { ...fails, confirmed: false } })).toMatchObject({ verdict: 'failed', confirmed: false })
  })

  test('what could not be asked makes everything unknown, and drift is told before what is well', () => {
    expect(judge({ liveness: passes, contract: open })).toEqual({ ...unknown, why: 'EMFILE' })
    expect(judge({ liveness: drifts, readiness: passes })).toMatchObject({ verdict: 'drift', why: drifts.why })
    expect(judge({ liveness: passes, contract: { ...passes, why: 'it works' } })).toMatchObject({ verdict: 'healthy', why: 'it works' })
  })

  test('all of them must be confirmed, and one that is busy is enough', () => {
    const first = { ...passes, confirmed: false }
    expect(judge({ liveness: passes, readiness: first })).toMatchObject({ verdict: 'healthy', confirmed: false })
    expect(judge({ liveness: { ...passes, why: 'at work', busy: true }, readiness: passes })).toMatchObject({ busy: 'at work' })
    expect(judge({ liveness: { ...open, busy: true } })).toMatchObject({ ...unknown, busy: 'EMFILE' })
    expect(judge({ liveness: passes })).not.toHaveProperty('busy')
  })
})

test.each<[ServiceEvidence['activity'], string, string]>([
  ['running', 'healthy', 'it runs; no probe asks more'],
  ['completed', 'healthy', 'it runs; no probe asks more'],
  ['waiting', 'could-not-check', 'no probe looks at it'],
  [null, 'could-not-check', 'no probe looks at it'],
])('where no probe looks and its unit is %s it is %s', (activity, verdict, why) => {
  expect(judge({}, { activity })).toEqual({ verdict, why, cause: null, confirmed: verdict === 'healthy' })
})
