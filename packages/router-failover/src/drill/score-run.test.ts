import { describe, expect, test } from 'vitest'
import { drillAnswer, drillModels, drillWords } from './drill-answer.ts'
import type { Fault } from './fault.ts'
import type { AttemptSeen, CallSeen, FaultRun } from './fault-run.ts'
import { faults, selectFaults } from './faults.ts'
import { scoreRun } from './score-run.ts'
import { renderScorecard, toScorecard } from './scorecard.ts'

const call = (over: Partial<CallSeen> = {}): CallSeen => ({
  outcome: 'answer',
  status: 200,
  errorCode: null,
  errorMessage: null,
  text: drillAnswer,
  model: drillModels.primary,
  hasUsage: true,
  finishReason: 'stop',
  hasDone: true,
  brokenFrames: 0,
  startedAtMs: 0,
  firstWordAtMs: 10,
  endedAtMs: 50,
  longestSilenceMs: 10,
  headers: {},
  ...over,
})
const attempt = (over: Partial<AttemptSeen> = {}): AttemptSeen => ({
  server: 'primary',
  atMs: 0,
  isStream: true,
  endsWithAssistant: false,
  hasClientKey: false,
  prefillRefused: false,
  isProbe: false,
  answeredWhole: true,
  endedAtMs: 40,
  hungUpAtMs: null,
  ...over,
})
const run = (over: Partial<FaultRun> = {}): FaultRun => ({
  calls: [call()],
  attempts: [attempt()],
  healthyAfterwards: null,
  isStream: true,
  timeScale: 0.05,
  ...over,
})
const fault = (id: string): Fault => faults.find((known) => known.id === id) as Fault
const half = drillWords.slice(0, 20).join(' ')
const failure = { outcome: 'in-band-abort', text: half, errorCode: 'upstream_cut' } as const

describe('what a run is worth', () => {
  test.each<readonly [string, string, Partial<FaultRun>, string]>([
    ['a whole answer', 'F15', {}, 'pass'],
    ['a whole answer with other white space', 'F15', { calls: [call({ text: ` ${drillAnswer.replace(/ /g, '\n')}` })] }, 'pass'],
    ['half an answer that ends cleanly', 'F15', { calls: [call({ text: half })] }, 'fail'],
    ['nothing that ends cleanly', 'F21', { calls: [call({ text: '' })] }, 'fail'],
    ['half an answer, told and broken off', 'F15', { calls: [call(failure)] }, 'safe'],
    ['half an answer, then the whole one', 'F15', { calls: [call({ text: `${half} ${drillAnswer}` })] }, 'fail'],
    ['half an answer, then again, broken off', 'F15', { calls: [call({ ...failure, text: `${half} ${half}` })] }, 'fail'],
    ['no end', 'F09', { calls: [call({ outcome: 'hang', text: '' })] }, 'fail'],
    ['one of three without an end', 'F24', { calls: [call(), call(), call({ outcome: 'hang', text: '' })] }, 'fail'],
    ['one of three with an error', 'F24', { calls: [call(), call(), call(failure)] }, 'safe'],
    ['a second attempt too early', 'S01', { attempts: [attempt({ answeredWhole: false }), attempt({ atMs: 50 })] }, 'partial'],
    ['a second attempt in time', 'S01', { attempts: [attempt({ answeredWhole: false }), attempt({ atMs: 100 })] }, 'pass'],
    ['three attempts at once', 'S01', { attempts: [attempt(), attempt({ atMs: 20 }), attempt({ atMs: 40 })] }, 'fail'],
    ['no second attempt', 'S01', { attempts: [attempt(), attempt({ server: 'fallback' })] }, 'partial'],
    ['a refusal told', 'S13', { calls: [call({ outcome: 'status', status: 400, text: '' })] }, 'pass'],
    ['a refusal answered by another', 'S13', {}, 'partial'],
    ['a refusal sent twice', 'S13', { calls: [call({ outcome: 'status', text: '' })], attempts: [attempt(), attempt()] }, 'fail'],
    ['a refusal with another code', 'F22', { calls: [call({ outcome: 'status', status: 400, errorCode: 'other', text: '' })] }, 'fail'],
    [
      'the fallback under its own name',
      'S16',
      { calls: [call({ model: drillModels.fallback })], attempts: [attempt({ server: 'fallback' })] },
      'pass',
    ],
    ['the fallback under the name of the primary', 'S16', { attempts: [attempt({ server: 'fallback' })] }, 'fail'],
    ['an answer without its usage', 'S11', { calls: [call({ hasUsage: false })] }, 'partial'],
    ['an answer after the first-token limit', 'S07', { calls: [call({ endedAtMs: 800 })] }, 'partial'],
    ['a broken frame that is passed over', 'S10', { calls: [call({ brokenFrames: 1 })] }, 'pass'],
    ['a broken frame that is passed on', 'F19', { calls: [call({ brokenFrames: 1 })] }, 'partial'],
    ['a crashed gateway', 'S10', { healthyAfterwards: false }, 'fail'],
    ['a refusal of prefill for a cut', 'S14', { calls: [call(failure)], attempts: [attempt({ prefillRefused: true })] }, 'fail'],
    ['silence for too long', 'O01', { calls: [call({ longestSilenceMs: 600 })], attempts: [attempt({ server: 'fallback' })] }, 'fail'],
    ['silence where nothing is streamed', 'O01', { calls: [call({ longestSilenceMs: 600 })], isStream: false }, 'pass'],
    [
      'a client that left, let go at once',
      'O05',
      { calls: [call({ outcome: 'left', text: '' })], attempts: [attempt({ endedAtMs: null, hungUpAtMs: 60 })] },
      'pass',
    ],
    [
      'a client that left, asked on',
      'O05',
      { calls: [call({ outcome: 'left', text: '' })], attempts: [attempt({ endedAtMs: null })] },
      'fail',
    ],
    [
      'a client that left, let go late',
      'O05',
      { calls: [call({ outcome: 'left', text: '' })], attempts: [attempt({ endedAtMs: 500 })] },
      'fail',
    ],
    [
      'a look at the health, which is no attempt',
      'F22',
      {
        calls: [call({ outcome: 'status', status: 400, errorCode: 'context_length_exceeded', text: '' })],
        attempts: [attempt(), attempt({ isProbe: true })],
      },
      'pass',
    ],
  ])('%s (%s)', (_, id, over, verdict) => {
    const score = scoreRun(fault(id), run({ healthyAfterwards: true, ...over }), null)
    expect(score.verdict, score.why).toBe(verdict)
  })

  test('an outage is judged by who was served in it, and by when the primary was used again', () => {
    const calls = Array.from({ length: 20 }, (_, index) => call({ startedAtMs: index * 200, endedAtMs: index * 200 + 60 }))
    const back = attempt({ atMs: 4400 })
    const judge = (over: Partial<FaultRun>) => scoreRun(fault('S15'), run({ calls, attempts: [back], ...over }), 'live')
    expect(judge({}).verdict).toBe('pass')
    expect(judge({ attempts: [attempt({ atMs: 4600 })] }).why).toContain('primary-used-again')
    expect(judge({ attempts: [attempt({ server: 'fallback' })] }).why).toContain('never used again')
    expect(judge({ calls: calls.map((one, index) => (index === 3 ? call({ ...one, ...failure }) : one)) }).why).toContain('14 of 15')
  })
})

describe('the table', () => {
  test('the answer has sixty words, none of which is said twice in a row', () => {
    expect(drillWords).toHaveLength(60)
    expect(drillWords.filter((word, index) => word === drillWords[index + 1])).toEqual([])
  })

  test('holds both public catalogues and ours, every id once', () => {
    const ids = faults.map(({ id }) => id)
    const numbered = (letter: string, count: number) =>
      Array.from({ length: count }, (_, index) => `${letter}${String(index + 1).padStart(2, '0')}`)
    expect(ids).toEqual([...numbered('S', 16), ...numbered('F', 24), ...numbered('O', 16)])
  })

  test('asks of assured delivery all sixteen, of live at least twelve and the rest safe', () => {
    const { faults: publicOnes } = selectFaults(['S'])
    const count = (delivery: 'live' | 'assured', verdict: string) =>
      publicOnes.filter(({ expected }) => expected[delivery].verdict === verdict).length
    expect([count('assured', 'pass'), count('live', 'pass'), count('live', 'safe')]).toEqual([16, 13, 3])
  })

  test('names what it does not know', () => {
    const { faults: chosen, unknown } = selectFaults(['S08', 'O', 'S99'])
    expect([chosen.length, unknown]).toEqual([17, ['S99']])
  })
})

test('a scorecard says what was reached, and what was not as expected', () => {
  const header = { subject: { name: 'planted', version: null }, takenAtMs: 0, delivery: 'live', isStream: true, timeScale: 0.05 } as const
  const healthy = scoreRun(fault('F01'), run(), 'live')
  const scores = [scoreRun(fault('S08'), run({ calls: [call({ text: half })] }), 'live'), scoreRun(fault('S04'), run(), 'live')]
  const card = toScorecard(header, healthy, scores)
  expect(card).toMatchObject({ healthy: true, totals: { pass: 1, fail: 1 }, silent_truncations: 1, unexpected: ['S08'] })
  expect(renderScorecard(card)).toMatchInlineSnapshot(`
    "planted · live, streamed · 1/20 of the time · 1970-01-01T00:00:00.000Z
    S08  fail     1p/0f      1.0 s  cut after 40 of 60 words (no-silent-truncation: 20 of 60 words as a whole answer)
    S04  pass     1p/0f      1.0 s  503 always
    1 pass, 0 partial, 0 safe, 1 fail; 1 silent truncations
    not as expected: S08
    "
  `)
})
