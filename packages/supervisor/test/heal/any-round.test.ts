import { event, type HealEventKind, type HealingDocument, healEventData } from '@sanctum/contracts'
import { emptyHealing, type HealReport, type HealRequest, type HealSubject, parseHealing, reduceHealing } from '@sanctum/supervisor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildRound, buildSubject } from './build-subject.ts'

const START = Date.parse('2026-11-27T12:00:00Z')
const ids = ['mlx', 'router', 'voice', 'bell'] as const
const requires: Readonly<Record<string, HealSubject['requires']>> = {
  router: [{ service: 'mlx', strength: 'hard' }],
  voice: [
    { service: 'router', strength: 'hard' },
    { service: 'bell', strength: 'soft' },
  ],
}

/** Whatever a probe, a manager and the graph could say of a service, also what does not fit together. */
const sight = fc.record({
  kind: fc.constantFrom('daemon', 'daemon', 'container', 'oneshot', 'external'),
  tier: fc.constantFrom('P0', 'council', 'ops', 'optional'),
  verdict: fc.constantFrom('healthy', 'failed', 'failed', 'failed', 'blocked', 'drift', 'could-not-check', 'not-applicable'),
  confirmed: fc.boolean(),
  cause: fc.constantFrom(null, null, 'mlx', 'nobody'),
  symptom: fc.constantFrom(null, 'timeout', 'crashed', 'stale'),
  failing: fc.constantFrom(null, 'liveness', 'readiness', 'contract', 'startup'),
  passes: fc.subarray(['liveness', 'readiness', 'contract', 'startup'] as const),
  activity: fc.constantFrom(null, 'running', 'starting', 'stopped', 'failed', 'backing-off', 'unknown'),
  wanted: fc.constantFrom(true, true, null, false),
  isOurs: fc.boolean(),
  starting: fc.constantFrom(false, false, false, true),
  busy: fc.constantFrom(null, null, 'a long answer'),
  refusal: fc.constantFrom(null, null, 'mlx has the memory'),
  sinceMs: fc.constantFrom(null, START - 5000),
} satisfies Partial<Record<keyof HealSubject, fc.Arbitrary<unknown>>>)

const round = fc.record({
  afterMs: fc.constantFrom(0, 1000, 30_000, 600_000, 7_200_000, -60_000),
  sights: fc.array(sight, { minLength: 0, maxLength: 4 }),
  pressure: fc.constantFrom(null, null, '5 % are free'),
  itIsMe: fc.constantFrom(null, null, null, 'the clock jumped'),
  canRevert: fc.boolean(),
  outcome: fc.constantFrom('performed', 'performed', 'failed', null),
  request: fc.constantFrom(null, null, 'acknowledge', 'release'),
  random: fc.double({ min: 0, max: 0.99, noNaN: true }),
})

describe('whatever is seen', () => {
  it('the memory stays whole, the events have their form, and no service is in two heals', () => {
    fc.assert(
      fc.property(fc.array(round, { maxLength: 40 }), (rounds) => {
        let memory = emptyHealing(START)
        let reports: HealReport[] = []
        for (const { afterMs, sights, outcome, request, random, ...rest } of rounds) {
          const subjects = sights.map((seen, index) => {
            const service = ids[index] as string
            return buildSubject(service, { ...seen, requires: requires[service] ?? [] })
          })
          const step = reduceHealing(
            memory,
            buildRound(memory.at_ms + afterMs, subjects, rest),
            reports,
            ask(request, memory),
            () => random,
          )
          expect(parseHealing(JSON.stringify(step.memory))).toEqual(step.memory)
          step.events.forEach((told, index) => {
            event.parse({ ...told, seq: index + 1, at_ms: 0 })
            healEventData[told.kind as HealEventKind].parse(told.data)
          })
          const underWay = step.memory.incidents.flatMap(({ service, under_way }) =>
            under_way ? [...new Set([service, ...under_way.targets])] : [],
          )
          expect(underWay).toHaveLength(new Set(underWay).size)
          const heals = step.acts.filter((act) => act.do === 'heal')
          for (const { service, targets } of heals) {
            expect(subjects.find((subject) => subject.service === service)).toMatchObject({
              verdict: 'failed',
              confirmed: true,
              cause: null,
              busy: null,
            })
            if (targets.length > 0) expect(rest).toMatchObject({ pressure: null, itIsMe: null })
          }
          reports = outcome === null ? [] : heals.map(({ incident, attempt }) => ({ incident, attempt, outcome, why: 'done', tookMs: 1 }))
          memory = step.memory
        }
      }),
      { numRuns: 400 },
    )
  })
})

function ask(what: 'acknowledge' | 'release' | null, { incidents, quarantines }: HealingDocument): HealRequest[] {
  const by = { by: 'neo', why: 'I know' }
  if (what === 'acknowledge') return [{ do: what, incident: incidents[0]?.id ?? 'none', ...by }]
  return what === 'release' ? [{ do: what, service: quarantines[0]?.service ?? 'none', ...by }] : []
}
