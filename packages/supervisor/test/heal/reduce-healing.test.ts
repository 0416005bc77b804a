import type { HealingDocument, Lease, NewEvent } from '@sanctum/contracts'
import {
  emptyHealing,
  type HealAct,
  type HealReport,
  type HealRequest,
  type HealRound,
  type HealSubject,
  parseHealing,
  reduceHealing,
} from '@sanctum/supervisor'
import { describe, expect, it } from 'vitest'
import { buildIll, buildRound, buildSubject } from './build-subject.ts'

const START = Date.parse('2026-11-27T12:00:00Z')
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

interface Look extends Partial<Omit<HealRound, 'nowMs' | 'subjects'>> {
  /** Since the last look. */
  readonly after?: number
  readonly subjects: readonly HealSubject[]
  readonly reports?: readonly HealReport[]
  readonly requests?: readonly HealRequest[]
}

/** A healer and what it did: acts are performed at once, unless a look reports otherwise. */
function createHealer() {
  let memory: HealingDocument = emptyHealing(START)
  let nowMs = START
  let owed: HealReport[] = []
  const acts: HealAct[] = []
  const events: NewEvent[] = []
  return {
    acts,
    events,
    memory: () => memory,
    look({ after = 0, subjects, reports, requests = [], ...overrides }: Look) {
      nowMs += after
      const step = reduceHealing(memory, buildRound(nowMs, subjects, overrides), reports ?? owed, requests, () => 0.5)
      // Each round must survive being written down.
      memory = parseHealing(JSON.stringify(step.memory)) as HealingDocument
      owed = step.acts.flatMap((act) =>
        act.do === 'heal' ? [{ incident: act.incident, outcome: 'performed', why: 'done', tookMs: 5 }] : [],
      )
      acts.push(...step.acts)
      events.push(...step.events)
      return step
    },
    /** The same look again and again, so often and so far apart. */
    watch(look: Look, times: number, after: number) {
      for (let index = 0; index < times; index++) this.look({ ...look, after })
    },
    told: () =>
      events.map(({ kind, subject, data }) =>
        [kind, subject, data['reason'] ?? data['action'] ?? data['healed_by'] ?? ''].join(' ').trim(),
      ),
    heals: () => acts.flatMap((act) => (act.do === 'heal' ? [[act.action.name, ...act.targets].join(' ')] : [])),
    calls: () => acts.filter((act) => act.do === 'escalate'),
  }
}

function buildLease(overrides: Partial<Lease> = {}): Lease {
  return {
    schema_version: 1,
    id: 'work',
    services: ['voice'],
    owner: 'neo',
    reason: 'new disk',
    since_ms: START,
    until_ms: START + HOUR,
    obligations: [],
    lifts_budget: false,
    ...overrides,
  }
}

describe('an incident', () => {
  it('opens with a confirmed failure, is healed at once, and ends only when its probe held', () => {
    const healer = createHealer()
    healer.look({ subjects: [buildIll('voice')] })
    healer.look({ after: 5 * SECOND, subjects: [buildSubject('voice')] })
    healer.look({ after: 29 * SECOND, subjects: [buildSubject('voice')] })
    expect(healer.memory().incidents).toHaveLength(1)
    healer.look({ after: SECOND, subjects: [buildSubject('voice')] })
    expect(healer.memory().incidents).toEqual([])
    expect(healer.told()).toEqual([
      'incident-opened voice',
      'heal-started voice restart',
      'heal-ended voice restart',
      'heal-proven voice restart',
      'incident-closed voice restart',
    ])
    expect(healer.memory().learned).toMatchObject([{ service: 'voice', symptom: 'timeout', action: 'restart', attempts: 1, successes: 1 }])
  })
})

describe('never', () => {
  const edge = (service: string) => [{ service, strength: 'hard' as const }]
  it.each<[string, Partial<HealRound>, HealSubject[], string | null]>([
    ['a first impression', {}, [buildIll('voice', { confirmed: false })], null],
    ['what could not be checked', {}, [buildSubject('voice', { verdict: 'could-not-check', passes: [] })], null],
    ['what waits on a down dependency', {}, [buildIll('voice', { verdict: 'blocked', cause: 'mlx' })], null],
    ['what a person stopped', {}, [buildIll('voice', { wanted: false })], null],
    ['what is starting for the first time', {}, [buildIll('voice', { starting: true })], null],
    ['what its manager starts anyway', {}, [buildIll('voice', { activity: 'backing-off', failing: null })], 'starting'],
    ['what is busy', {}, [buildIll('voice', { busy: 'a token 3 s ago' })], 'busy'],
    ['a one-shot', {}, [buildIll('voice', { kind: 'oneshot', failing: null })], 'not-restartable'],
    ['a periodic job', {}, [buildIll('voice', { kind: 'periodic', failing: null })], 'not-restartable'],
    ['an external service', {}, [buildIll('voice', { kind: 'external', isOurs: false })], 'not-restartable'],
    ['a network', {}, [buildIll('voice', { kind: 'network', isOurs: false })], 'not-restartable'],
    ['one without a unit of ours', {}, [buildIll('voice', { isOurs: false })], 'not-restartable'],
    ['for its contract', {}, [buildIll('voice', { failing: 'contract' })], 'not-restartable'],
    ['for its readiness', {}, [buildIll('voice', { failing: 'readiness' })], 'not-restartable'],
    ['for its start', {}, [buildIll('voice', { failing: 'startup' })], 'not-restartable'],
    ['under memory pressure', { pressure: '5 % free' }, [buildIll('voice')], 'pressure'],
    ['what does not fit', {}, [buildIll('voice', { refusal: 'mlx has the memory' })], 'capacity'],
    ['under a lease', { leases: [buildLease()] }, [buildIll('voice')], 'lease'],
    ['under a lease on all', { leases: [buildLease({ services: ['*'] })] }, [buildIll('voice')], 'lease'],
    ['on the word of one that is in trouble itself', { itIsMe: 'the clock jumped' }, [buildIll('voice')], null],
    ['four at once', {}, ['a', 'b', 'c', 'voice'].map((id) => buildIll(id)), 'breaker'],
    ['beside its dependency', {}, [buildIll('mlx', { tier: 'council' }), buildIll('voice', { requires: edge('mlx') })], 'dependency'],
  ])('restarts %s', (_name, overrides, subjects, reason) => {
    const healer = createHealer()
    healer.watch({ subjects, ...overrides }, 20, 10 * SECOND)
    expect(healer.heals().filter((heal) => heal.includes('voice'))).toEqual([])
    const reasons = healer.events
      .filter(({ kind, subject }) => kind === 'heal-withheld' && subject === 'voice')
      .map(({ data }) => data['reason'])
    expect(reasons).toEqual(reason === null ? [] : [reason])
    // The same one is healed where nothing speaks against it.
    const other = createHealer()
    other.look({ subjects: [buildIll('voice')] })
    expect(other.heals()).toEqual(['restart voice'])
  })
})
