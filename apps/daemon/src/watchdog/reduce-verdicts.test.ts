import type { Verdict } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { type KnownVerdicts, recallVerdicts, reduceVerdicts } from './reduce-verdicts.ts'

const nothing: KnownVerdicts = { verdicts: {}, settled: new Set(), flapping: new Set() }
const words: Readonly<Record<string, readonly [Verdict, boolean]>> = {
  H: ['healthy', true],
  h: ['healthy', false],
  F: ['failed', true],
  f: ['failed', false],
  u: ['could-not-check', false],
}

/** One letter a cycle, capitals are certain; the changes that were told. */
function changes(letters: string, start: KnownVerdicts = nothing): string[] {
  let known = start
  return [...letters].flatMap((letter) => {
    const [verdict, confirmed] = words[letter] as readonly [Verdict, boolean]
    const step = reduceVerdicts(known, { app: { verdict, why: 'because', cause: null, confirmed } })
    known = step.known
    return step.events.map(({ data }) => `${data.from}>${data.to}`)
  })
}

describe('reduceVerdicts', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['HHH', ['null>healthy'], 'the same again is no news'],
    ['HFH', ['null>healthy', 'healthy>failed', 'failed>healthy'], 'each change is'],
    ['fhfh', [], 'a first impression is not'],
    ['ufF', ['null>failed'], 'until it is certain'],
    ['HuH', ['null>healthy', 'healthy>could-not-check', 'could-not-check>healthy'], 'not to know any more is news'],
  ])('%s', (letters, expected) => {
    expect(changes(letters)).toEqual(expected)
  })

  test('a restart is no news, what happened meanwhile is', () => {
    const recalled: KnownVerdicts = { verdicts: { app: 'healthy' }, settled: new Set(), flapping: new Set() }
    expect(changes('uhH', recalled)).toEqual([])
    expect(changes('ufF', recalled)).toEqual(['healthy>failed'])
  })

  test('that something does not run for which nobody asked yet is no news; once it ran it is', () => {
    const down = { app: { verdict: 'failed', why: 'nobody asked for it', cause: null, confirmed: true } } as const
    const up = { app: { ...down.app, verdict: 'healthy' } } as const
    const tell = (known: KnownVerdicts, seen: typeof down | typeof up) => reduceVerdicts(known, seen, new Set(['app']))
    const first = tell(nothing, down)
    const later = tell(reduceVerdicts(first.known, up).known, down)
    expect([first.events, later.events.map(({ data }) => data.to)]).toEqual([[], ['failed']])
    expect(reduceVerdicts(nothing, down).events, 'planted fault: it had been asked for').toHaveLength(1)
  })

  test('that it flaps is told once when it begins and once when it ends, whatever the verdict is', () => {
    let known = nothing
    const told = [false, true, true, false, false].map((flaps) => {
      const app = {
        verdict: 'healthy' as const,
        why: 'because',
        cause: null,
        confirmed: true,
        ...(flaps ? { flapping: 'liveness' as const } : {}),
      }
      const step = reduceVerdicts(known, { app })
      known = step.known
      return step.events.map(({ kind, data }) => `${kind} ${data.probe ?? ''}`.trim()).filter((line) => line.startsWith('flapping'))
    })
    expect(told).toEqual([[], ['flapping-began liveness'], [], ['flapping-ended'], []])
  })

  test('who is gone is forgotten', () => {
    expect(reduceVerdicts({ verdicts: { app: 'healthy' }, settled: new Set(['app']), flapping: new Set() }, {})).toEqual({
      known: nothing,
      events: [],
    })
  })
})

test('recallVerdicts reads what was remembered, and nothing from anything else', () => {
  const row = {
    id: 'app',
    title: 'App',
    kind: 'daemon',
    tier: 'ops',
    activity: 'running',
    verdict: 'healthy',
    ports: [],
    pid: 1,
    since_ms: 0,
    restarts: 0,
    why: '',
  }
  const status = {
    schema_version: 1,
    haus: 'x',
    node: 'local',
    manager: 'embedded',
    generation: 1,
    confirmed: 1,
    at_ms: 0,
    verdict: 'healthy',
    services: [row],
    skipped: [],
  }
  expect(recallVerdicts(status).verdicts).toEqual({ app: 'healthy' })
  expect(recallVerdicts({ services: 'x' }).verdicts).toEqual({})
  expect(recallVerdicts(null).verdicts).toEqual({})
})
