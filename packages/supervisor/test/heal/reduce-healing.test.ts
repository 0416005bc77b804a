import type { HealingDocument, Lease, NewEvent, OpenIncident } from '@sanctum/contracts'
import {
  defaultHealPolicy,
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
        act.do === 'heal' ? [{ incident: act.incident, attempt: act.attempt, outcome: 'performed', why: 'done', tookMs: 5 }] : [],
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
    ['what was stopped by other means', {}, [buildIll('voice', { activity: 'stopped', failing: null })], 'not-restartable'],
    [
      'before what it requires was seen well since its trouble began',
      {},
      [buildSubject('mlx', { provenMs: START - SECOND }), buildIll('voice', { requires: edge('mlx'), sinceMs: START })],
      'dependency',
    ],
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

describe('an incident', () => {
  it('that passes by itself is closed as that, and one that a person ends as the work of a person', () => {
    const itself = createHealer()
    itself.look({ subjects: [buildIll('voice', { busy: 'a long answer' })] })
    itself.watch({ subjects: [buildSubject('voice')] }, 4, 10 * SECOND)
    expect(itself.told()).toEqual(['incident-opened voice', 'heal-withheld voice busy', 'incident-closed voice itself'])
    const person = createHealer()
    person.look({ subjects: [buildIll('voice', { busy: 'a long answer' })] })
    person.look({
      after: SECOND,
      subjects: [buildSubject('voice', { verdict: 'not-applicable', wanted: false, activity: 'stopped', passes: [] })],
    })
    expect(person.told().at(-1)).toBe('incident-closed voice person')
  })

  it('is not closed by another probe, nor by what nobody could check', () => {
    const healer = createHealer()
    healer.look({ subjects: [buildIll('voice')] })
    healer.watch({ subjects: [buildSubject('voice', { passes: ['readiness', 'contract'] })] }, 10, 10 * SECOND)
    healer.watch({ subjects: [buildSubject('voice', { verdict: 'could-not-check', passes: ['liveness'] })] }, 10, 10 * SECOND)
    expect(healer.memory().incidents).toHaveLength(1)
  })

  it('that its heal did not end is healed again, and again after a wait that grows', () => {
    const healer = createHealer()
    healer.watch({ subjects: [buildIll('voice')] }, 120, 10 * SECOND)
    const starts = healer.memory().budgets[0]?.restarts_ms.map((at) => (at - START) / SECOND) ?? []
    const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0))
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b))
    expect(gaps.at(-1)).toBeGreaterThan(3 * (gaps[0] ?? 0))
  })

  it('waits a little more or less each time, so that two that fell together do not come back together', () => {
    const waits = [0, 0.5, 0.999].map((random) => {
      let memory = emptyHealing(START)
      for (let second = 0; second <= 30; second += 10) {
        const reports = memory.incidents.flatMap(({ id, under_way }): HealReport[] =>
          under_way?.performed_ms === null ? [{ incident: id, attempt: 1, outcome: 'performed', why: 'done', tookMs: 5 }] : [],
        )
        memory = reduceHealing(memory, buildRound(START + second * SECOND, [buildIll('voice')]), reports, [], () => random).memory
      }
      return (memory.budgets[0]?.next_ms ?? 0) - START - 30 * SECOND
    })
    expect(waits).toEqual([24_000, 30_000, 35_988])
  })

  it('opens again after calm, and is healed at once then', () => {
    const healer = createHealer()
    healer.watch({ subjects: [buildIll('voice')] }, 12, 10 * SECOND)
    healer.watch({ subjects: [buildSubject('voice')] }, 200, 10 * SECOND)
    const before = healer.heals().length
    expect(healer.memory().budgets[0]).toMatchObject({ streak: 0, next_ms: null })
    healer.look({ after: SECOND, subjects: [buildIll('voice')] })
    expect(healer.heals()).toHaveLength(before + 1)
  })
})

describe('the ladder', () => {
  const hard = (service: string) => [{ service, strength: 'hard' as const }]
  const command = (name: string, overrides = {}) => ({ name, command: [`/opt/${name}`], restart: false, cooldown_s: 0, ...overrides })
  const withActions = (...actions: HealSubject['remediation']['actions'][number][]) => ({
    ...buildSubject('any').remediation,
    actions,
    quarantine_after: 20,
    max_restarts: 20,
  })

  it('is climbed from the actions of the catalog over a restart to the dependency and what hangs on that', () => {
    const healer = createHealer()
    const subjects = [
      buildSubject('mlx'),
      buildIll('voice', { requires: hard('mlx'), remediation: withActions(command('reload')) }),
      buildSubject('kitchen', { requires: hard('mlx') }),
      buildSubject('lamp', { requires: hard('voice') }),
    ]
    healer.watch({ subjects, canRevert: true }, 200, 10 * SECOND)
    // What hangs on the ill service itself stays as it is.
    expect(healer.heals().slice(0, 6)).toEqual([
      'reload',
      'restart voice',
      'restart voice',
      'restart-dependency mlx voice',
      'restart-subtree mlx voice kitchen',
      'revert',
    ])
    expect(healer.acts.find((act) => act.do === 'heal')).toMatchObject({ command: ['/opt/reload'], service: 'voice' })
  })

  it.each<[string, Partial<HealSubject>, HealSubject[]]>([
    ['a dependency that is more important', { tier: 'P0' }, []],
    ['a dependency that a more important one hangs on', {}, [buildSubject('door', { tier: 'P0', requires: hard('mlx') })]],
    ['a dependency that is busy', { busy: 'a long answer' }, []],
    ['a dependency that is no daemon', { kind: 'network', isOurs: false }, []],
  ])('does not go up to %s', (_name, overrides, others) => {
    const healer = createHealer()
    const subjects = [buildSubject('mlx', overrides), buildIll('voice', { requires: hard('mlx'), remediation: withActions() }), ...others]
    healer.watch({ subjects }, 100, 10 * SECOND)
    expect(new Set(healer.heals())).toEqual(new Set(['restart voice']))
  })

  it('has only commands that end nothing for a contract that fails', () => {
    const healer = createHealer()
    const remediation = withActions(command('reload'), command('cycle', { restart: true }))
    healer.watch({ subjects: [buildIll('voice', { failing: 'contract', remediation })], canRevert: true }, 50, 10 * SECOND)
    expect(new Set(healer.heals())).toEqual(new Set(['reload']))
  })

  it('waits for the cooldown of an action, and lets a command through where memory is short', () => {
    const healer = createHealer()
    const remediation = withActions(command('unload', { cooldown_s: 600 }))
    healer.watch({ subjects: [buildIll('voice', { remediation })], pressure: '5 % are free' }, 30, 10 * SECOND)
    expect(healer.heals()).toEqual(['unload'])
    expect(healer.told()).toContain('heal-withheld voice pressure')
  })
})

describe('a budget that is spent', () => {
  it('ends in a quarantine with reason, owner and end, which speaks at once and again when it is over', () => {
    const healer = createHealer()
    const subjects = [buildIll('voice', { remediation: { ...buildSubject('voice').remediation, responsible_agent: 'windu' } })]
    healer.watch({ subjects }, 6 * 30, 10 * SECOND)
    expect(healer.heals()).toHaveLength(5)
    expect(healer.memory().quarantines).toMatchObject([{ service: 'voice', owner: 'windu' }])
    const held = healer.memory().quarantines[0]
    expect((held?.until_ms ?? 0) - (held?.since_ms ?? 0)).toBe(HOUR)
    expect(healer.calls()[0]).toMatchObject({ service: 'voice', why: expect.stringContaining('windu is needed') })
    const calls = healer.calls().length
    healer.watch({ subjects }, 6 * 50, 10 * SECOND)
    expect(healer.heals()).toHaveLength(6)
    expect(healer.calls().length).toBeGreaterThan(calls)
    const again = healer.memory().quarantines[0]
    expect((again?.until_ms ?? 0) - (again?.since_ms ?? 0)).toBe(2 * HOUR)
  })

  it('is spent by proven heals as well, where it falls again and again', () => {
    const healer = createHealer()
    for (let round = 0; round < 12; round++) {
      healer.look({ after: 5 * SECOND, subjects: [buildIll('voice')] })
      healer.watch({ subjects: [buildSubject('voice')] }, 5, 10 * SECOND)
    }
    expect(healer.heals()).toHaveLength(5)
    expect(healer.told()).toContain('service-quarantined voice it was restarted 5 times within 1800 s; the limit is 5')
  })

  it('is whole again once a person released it', () => {
    const healer = createHealer()
    healer.watch({ subjects: [buildIll('voice')] }, 6 * 30, 10 * SECOND)
    healer.look({
      after: SECOND,
      subjects: [buildIll('voice')],
      requests: [{ do: 'release', service: 'voice', by: 'neo', why: 'new cable' }],
    })
    expect(healer.heals()).toHaveLength(6)
    expect(healer.told()).toContain('quarantine-ended voice released by neo: new cable')
  })

  it('does not hold under a lease that lifts it, and nothing counts then', () => {
    const healer = createHealer()
    const leases = [buildLease({ lifts_budget: true, until_ms: START + 9 * HOUR })]
    healer.watch({ subjects: [buildIll('voice')], leases }, 6 * 120, 10 * SECOND)
    expect(healer.heals().length).toBeGreaterThan(8)
    expect(healer.memory()).toMatchObject({ quarantines: [], budgets: [{ service: 'voice', restarts_ms: [] }] })
  })

  it('of the whole haus leaves its last restarts to P0', () => {
    const healer = createHealer()
    const policy = { ...defaultHealPolicy, breakerAt: 100, healsAtOnce: 100, globalRestarts: 4, globalReserve: 1 }
    const many = ['a', 'b', 'c', 'd', 'e'].map((id) => buildIll(id))
    healer.look({ subjects: [...many, buildIll('door', { tier: 'P0' })], policy })
    expect(healer.heals()).toEqual(['restart door', 'restart a', 'restart b'])
    expect(healer.told()).toContain('heal-withheld c global-budget')
  })
})

describe('at once', () => {
  it('are two heals, the most important first', () => {
    const healer = createHealer()
    healer.look({ subjects: [buildIll('a'), buildIll('b'), buildIll('door', { tier: 'P0' })] })
    expect(healer.heals()).toEqual(['restart door', 'restart a'])
    expect(healer.told()).toContain('heal-withheld b other-heal')
  })

  it('is no second heal of what another one restarts, even if it falls meanwhile', () => {
    const healer = createHealer()
    const requires = [{ service: 'mlx', strength: 'hard' as const }]
    const remediation = { ...buildSubject('voice').remediation, quarantine_after: 20, max_restarts: 20 }
    const voice = buildIll('voice', { requires, remediation })
    for (let round = 0; round < 60 && !healer.heals().includes('restart-dependency mlx voice'); round++)
      healer.look({ after: 10 * SECOND, subjects: [buildSubject('mlx'), voice] })
    healer.look({ after: SECOND, reports: [], subjects: [buildIll('mlx'), { ...voice, verdict: 'blocked', cause: 'mlx' }] })
    expect(healer.memory().incidents.map(({ service }) => service)).toEqual(['voice'])
  })

  it('are four root causes one: only P0 is healed until fewer stand for a while', () => {
    const healer = createHealer()
    const subjects = [...['a', 'b', 'c'].map((id) => buildIll(id)), buildIll('door', { tier: 'P0' })]
    healer.watch({ subjects }, 5, 10 * SECOND)
    expect(new Set(healer.heals())).toEqual(new Set(['restart door']))
    expect(healer.told().filter((line) => line.startsWith('breaker'))).toEqual(['breaker-opened haus'])
    expect(healer.calls().filter(({ why }) => why.includes('fail at once'))).toHaveLength(1)
    const fewer = [buildIll('a'), ...['b', 'c', 'door'].map((id) => buildSubject(id))]
    healer.watch({ subjects: fewer }, 60, 10 * SECOND)
    expect(healer.told()).toContain('breaker-closed haus')
    expect(healer.heals()).toContain('restart a')
  })
})

describe('a breaker', () => {
  const ids = ['d', 'c', 'b', 'a']
  const all = ids.map((id) => buildIll(id, { failing: 'contract' }))
  const opens = (healer: ReturnType<typeof createHealer>) => healer.events.filter(({ kind }) => kind === 'breaker-opened')

  it('names the root causes in their order', () => {
    const healer = createHealer()
    healer.look({ subjects: all })
    expect(opens(healer).map(({ data }) => data['roots'])).toEqual([['a', 'b', 'c', 'd']])
  })

  it('closes once fewer stood for five minutes', () => {
    const healer = createHealer()
    healer.look({ subjects: all })
    const fewer = [buildSubject('d', { verdict: 'not-applicable', wanted: false }), ...all.slice(1)]
    healer.look({ after: MINUTE, subjects: fewer })
    healer.look({ after: 5 * MINUTE - 1, subjects: fewer })
    expect(healer.told()).not.toContain('breaker-closed haus')
    healer.look({ after: 1, subjects: fewer })
    expect(healer.told()).toContain('breaker-closed haus')
  })

  it('does not open for what a person knows of, what is in quarantine, or what waits for another', () => {
    const known = createHealer()
    known.look({ subjects: all.slice(1) })
    const incident = known.memory().incidents[0]?.id ?? ''
    known.look({ subjects: all.slice(1), requests: [{ do: 'acknowledge', incident, by: 'neo', why: 'a part is ordered' }] })
    known.look({ after: SECOND, subjects: all })
    const held = createHealer()
    held.watch({ subjects: [buildIll('d')] }, 6 * 20, 10 * SECOND)
    expect(held.memory().quarantines).toHaveLength(1)
    held.look({ after: SECOND, subjects: [buildIll('d'), ...all.slice(1)] })
    const waiting = createHealer()
    waiting.look({ subjects: all.slice(1) })
    waiting.look({ after: SECOND, subjects: [all[0] as HealSubject, buildIll('c', { verdict: 'blocked', cause: 'd' }), ...all.slice(2)] })
    expect([known, held, waiting].map((healer) => [healer.memory().incidents.length, opens(healer)])).toEqual([
      [4, []],
      [4, []],
      [4, []],
    ])
    held.look({ after: SECOND, subjects: [buildIll('d'), ...all.slice(1), buildIll('e')] })
    expect(opens(held).map(({ data }) => data['roots'])).toEqual([['a', 'b', 'c', 'e']])
  })
})

describe('a breaker that stays open', () => {
  const ids = ['a', 'b', 'c', 'd', 'e']
  const all = ids.map((id) => buildIll(id))
  const openFor = (minutes: number, subjects = all) => {
    const healer = createHealer()
    healer.watch({ subjects }, minutes * 6, 10 * SECOND)
    return healer
  }

  it('lets one heal through after ten minutes, and no second one that soon where it did not help', () => {
    expect(openFor(9).heals()).toEqual([])
    const [healer, early] = [openFor(12), openFor(0)]
    early.look({ subjects: all })
    early.look({ after: 10 * MINUTE, subjects: all })
    expect(early.heals()).toEqual(['restart a'])
    expect(healer.heals()).toEqual(['restart a'])
    expect(healer.told()).toContain('breaker-half-opened haus')
    expect(healer.told()).not.toContain('breaker-trial-helped haus')
  })

  it('lets the next one through as soon as one has helped', () => {
    const healer = openFor(12)
    const mended = [buildSubject('a'), ...all.slice(1)]
    healer.watch({ subjects: mended }, 12, 10 * SECOND)
    expect(healer.told()).toContain('breaker-trial-helped haus')
    expect(healer.heals()).toEqual(['restart a', 'restart b'])
  })
})

describe('whoever does not tell how it ended', () => {
  it('is waited for a while and then has failed', () => {
    const healer = createHealer()
    healer.watch({ subjects: [buildIll('voice')], reports: [] }, 80, 10 * SECOND)
    expect(healer.heals()).toHaveLength(1)
    healer.watch({ subjects: [buildIll('voice')], reports: [] }, 15, 10 * SECOND)
    expect(healer.events.find(({ kind }) => kind === 'heal-ended')?.data).toMatchObject({
      outcome: 'failed',
      why: 'nobody told how it ended',
    })
    expect(healer.heals()).toHaveLength(2)
  })
})

describe('the watchdog in trouble itself', () => {
  it('neither opens nor closes, neither acts nor calls, and says so once', () => {
    const healer = createHealer()
    healer.look({ subjects: [buildIll('voice', { busy: 'a long answer' })] })
    const own = { itIsMe: 'the clock jumped', after: 10 * SECOND }
    healer.watch({ ...own, subjects: [buildIll('voice'), buildIll('mlx')] }, 100, 10 * SECOND)
    healer.watch({ ...own, subjects: [buildSubject('voice')] }, 100, 10 * SECOND)
    expect(healer.acts).toEqual([])
    expect(healer.told()).toEqual(['incident-opened voice', 'heal-withheld voice busy', 'heal-withheld voice it-is-me'])
  })
})

it('a requirement that was seen well since the trouble began keeps no heal waiting', () => {
  const requires = [{ service: 'mlx', strength: 'hard' as const }]
  const healer = createHealer()
  const voice = buildIll('voice', { requires, sinceMs: START })
  healer.look({ subjects: [buildSubject('mlx', { provenMs: START - SECOND }), voice] })
  healer.look({ after: SECOND, subjects: [buildSubject('mlx', { provenMs: START + SECOND }), voice] })
  expect(healer.told()).toEqual(['incident-opened voice', 'heal-withheld voice dependency', 'heal-started voice restart'])
})

describe('the watchdog that is well again', () => {
  it('gives a heal its whole time to prove itself from then on', () => {
    const healer = createHealer()
    healer.watch({ subjects: [buildIll('voice')] }, 2, 10 * SECOND)
    healer.look({ after: HOUR, subjects: [buildIll('voice')], itIsMe: 'the clock jumped' })
    healer.look({ after: SECOND, subjects: [buildIll('voice')] })
    expect(healer.memory().incidents[0]).toMatchObject({ attempts: [], under_way: { performed_ms: healer.memory().at_ms - SECOND } })
    healer.look({ after: MINUTE, subjects: [buildIll('voice')] })
    expect(healer.memory().incidents[0]).toMatchObject({ attempts: [{ outcome: 'unproven' }], under_way: null })
  })

  it('still waits for the end of a heal that nobody told', () => {
    const healer = createHealer()
    healer.look({ subjects: [buildIll('voice')] })
    healer.look({ after: SECOND, subjects: [buildIll('voice')], reports: [], itIsMe: 'the clock jumped' })
    expect(healer.memory().incidents[0]?.under_way).toMatchObject({ performed_ms: null })
  })
})

describe('a heal of which nobody tells', () => {
  it('is over when its time is, and what is told of it later ends no other', () => {
    const healer = createHealer()
    const look = (after: number, reports: readonly HealReport[] = []) => healer.look({ after, subjects: [buildIll('voice')], reports })
    const tell = (attempt: number): HealReport[] => [
      { incident: healer.memory().incidents[0]?.id ?? '', attempt, outcome: 'failed', why: 'it came late', tookMs: 1 },
    ]
    look(0)
    look(16 * MINUTE)
    look(MINUTE)
    expect(healer.heals()).toHaveLength(2)
    look(SECOND, tell(1))
    expect(healer.memory().incidents[0]).toMatchObject({ attempts: [{ outcome: 'failed' }], under_way: { performed_ms: null } })
    look(SECOND, tell(2))
    expect(healer.memory().incidents[0]).toMatchObject({ attempts: [{}, { outcome: 'failed' }], under_way: null })
  })

  it.each([
    [undefined, 15 * MINUTE],
    [MINUTE, 15 * MINUTE],
    [40 * MINUTE, 40 * MINUTE],
  ])('has the time of what it restarts, which is %s, and a quarter of an hour at least', (restartMs, limitMs) => {
    const healer = createHealer()
    const subjects = [buildIll('voice', restartMs === undefined ? {} : { restartMs })]
    healer.look({ subjects })
    healer.look({ after: limitMs, subjects, reports: [] })
    expect(healer.memory().incidents[0]).toMatchObject({ attempts: [], under_way: { performed_ms: null } })
    healer.look({ after: SECOND, subjects, reports: [] })
    expect(healer.memory().incidents[0]).toMatchObject({ attempts: [{ outcome: 'failed' }], under_way: null })
  })

  it.each([
    ['of this watchdog has the time of all that it restarts', true, 40 * MINUTE],
    ['of one that ended meanwhile has that of one restart, for nobody begins the next', false, 20 * MINUTE],
  ])('%s', (_, isMine, limitMs) => {
    const healer = createHealer()
    const subjects = [buildIll('voice', { restartMs: 20 * MINUTE }), buildSubject('mlx', { restartMs: 20 * MINUTE })]
    healer.look({ subjects })
    const incident = healer.memory().incidents[0] as OpenIncident
    const under_way = incident.under_way && { ...incident.under_way, targets: ['mlx', 'voice'] }
    const memory = { ...healer.memory(), incidents: [{ ...incident, under_way }] }
    const performing = new Set(isMine ? [incident.id] : [])
    const attemptsAfter = (ms: number) =>
      reduceHealing(memory, buildRound(START + ms, subjects, { performing }), [], [], () => 0.5).memory.incidents[0]?.attempts.length
    expect([attemptsAfter(limitMs), attemptsAfter(limitMs + 1)]).toEqual([0, 1])
  })
})

describe('people', () => {
  const lonely = (tier: HealSubject['tier']) => [buildIll('voice', { tier, failing: 'contract' })]
  const minutes = (healer: ReturnType<typeof createHealer>) => {
    const escalations = healer.memory().incidents[0]?.escalations ?? []
    return escalations.map(({ at_ms }) => Math.floor((at_ms - START) / MINUTE))
  }

  it('hear of P0 after five and ten minutes, and again and again', () => {
    const healer = createHealer()
    healer.watch({ subjects: lonely('P0') }, 60 * 12, MINUTE)
    expect(minutes(healer).slice(0, 6)).toEqual([6, 11, 31, 61, 121, 361])
    expect(healer.calls().map(({ level }) => level)).toEqual([1, 3, 3, 3, 3, 3, 3])
  })

  it('hear nothing more once they said that they know', () => {
    const healer = createHealer()
    healer.watch({ subjects: lonely('P0') }, 10, MINUTE)
    const incident = healer.memory().incidents[0]?.id ?? ''
    healer.look({ subjects: lonely('P0'), requests: [{ do: 'acknowledge', incident, by: 'neo', why: 'a part is ordered' }] })
    healer.watch({ subjects: lonely('P0') }, 24 * 60, MINUTE)
    expect(healer.calls()).toHaveLength(1)
    expect(healer.memory().incidents[0]?.acknowledged).toMatchObject({ by: 'neo' })
  })

  it('hear nothing new of what waits for another, nor of what one of them works on', () => {
    const blocked = createHealer()
    blocked.look({ subjects: lonely('P0') })
    blocked.watch({ subjects: [buildIll('voice', { tier: 'P0', verdict: 'blocked', cause: 'mlx' })] }, 60, MINUTE)
    const leased = createHealer()
    leased.watch({ subjects: lonely('P0'), leases: [buildLease()] }, 50, MINUTE)
    expect([...blocked.calls(), ...leased.calls()]).toEqual([])
  })

  it('are called at most forty times a day; the rest is summed up', () => {
    const healer = createHealer()
    const subjects = Array.from({ length: 60 }, (_, index) =>
      buildIll(`s${index}`, { tier: index < 5 ? 'P0' : 'council', failing: 'contract' }),
    )
    healer.watch({ subjects }, 24 * 12, 5 * MINUTE)
    expect(healer.acts.filter((act) => act.do !== 'heal').length).toBeLessThanOrEqual(40)
    const digests = healer.acts.filter((act) => act.do === 'digest')
    expect(digests).toHaveLength(1)
    expect(digests[0]?.incidents.length).toBeGreaterThan(30)
    expect(healer.told().some((line) => line.startsWith('escalation-held'))).toBe(true)
  })
})

describe('a lease', () => {
  const lease = buildLease({
    obligations: [
      { service: 'voice', must: 'healthy' },
      { service: 'old', must: 'stopped' },
    ],
  })
  const old = (activity: 'running' | 'stopped') => buildSubject('old', { activity, wanted: activity === 'running' })

  it('that ends as it promised is closed quietly, early or late', () => {
    const healer = createHealer()
    healer.look({ subjects: [buildSubject('voice'), old('stopped')], leases: [lease] })
    healer.look({ after: MINUTE, subjects: [buildSubject('voice'), old('stopped')], leases: [] })
    expect(healer.told()).toEqual(['lease-opened work new disk', 'lease-closed work new disk'])
    expect(healer.memory().leases).toEqual([])
  })

  it.each<[string, HealSubject[], string[]]>([
    ['completed', [buildSubject('old', { activity: 'completed' })], []],
    ['beyond control', [buildSubject('old', { activity: null })], ['old must be stopped and is beyond control here']],
    ['unknown', [], ['old, which must be stopped, is not known here']],
  ])('that must leave a service stopped, which is %s', (_name, subjects, missing) => {
    const healer = createHealer()
    const leases = [buildLease({ obligations: [{ service: 'old', must: 'stopped' }], until_ms: START + 1 })]
    healer.look({ subjects, leases })
    healer.watch({ subjects }, 5, MINUTE)
    const told = missing.map((text) => `the lease work of neo (new disk) is over, but ${text}`)
    expect(healer.calls().map(({ service, level, count, why }) => [service, level, count, why])).toEqual(
      told.map((why) => ['old', 1, 1, why]),
    )
  })

  it('may be prolonged while it lasts, and not once it is over', () => {
    const healer = createHealer()
    const subjects = [buildSubject('voice'), old('running')]
    const until = (minute: number) => [{ ...lease, until_ms: START + minute * MINUTE }, buildLease({ id: 'other', until_ms: START + HOUR })]
    healer.look({ subjects, leases: until(10) })
    healer.look({ after: 5 * MINUTE, subjects, leases: until(20) })
    healer.look({ after: 14 * MINUTE, subjects, leases: until(20) })
    expect(healer.told().filter((line) => line.startsWith('lease-closed'))).toEqual([])
    healer.look({ after: MINUTE, subjects, leases: until(20) })
    healer.look({ after: 2 * MINUTE - 1, subjects, leases: until(40) })
    expect(healer.told().at(-1)).toBe('lease-closed work new disk')
    healer.look({ after: 1, subjects, leases: until(40) })
    expect(healer.told().at(-1)).toBe('lease-broken work new disk')
  })

  it('that does not is broken after some grace, and people hear what is missing', () => {
    const healer = createHealer()
    healer.look({ subjects: [buildSubject('voice'), old('running')], leases: [lease] })
    healer.watch({ subjects: [buildIll('voice', { failing: 'contract' }), old('running')], leases: [lease] }, 64, MINUTE)
    expect(healer.told().filter((line) => line.startsWith('lease'))).toEqual([
      'lease-opened work new disk',
      'lease-closed work new disk',
      'lease-broken work new disk',
    ])
    expect(healer.calls().find(({ incident }) => incident === 'work')).toMatchObject({
      why: 'the lease work of neo (new disk) is over, but voice must be healthy and is not: no answer within 1 s; old must be stopped and is running',
    })
  })
})

describe('a clock that is set', () => {
  it.each([3 * HOUR, -3 * HOUR, 400 * 24 * HOUR])('by %i ms makes no wait shorter and none longer', (shiftMs) => {
    const starts = [0, shiftMs].map((clockShiftMs) => {
      const healer = createHealer()
      healer.watch({ subjects: [buildIll('voice')] }, 4, 10 * SECOND)
      healer.look({ after: clockShiftMs, clockShiftMs, subjects: [buildIll('voice')] })
      healer.watch({ subjects: [buildIll('voice')] }, 30, 10 * SECOND)
      return healer.memory().budgets[0]?.restarts_ms.map((at) => at - clockShiftMs)
    })
    expect(starts[1]).toEqual(starts[0])
  })

  it('a little right moves nothing that is written down', () => {
    const healer = createHealer()
    healer.watch({ subjects: [buildIll('voice')] }, 3, 10 * SECOND)
    const opened = healer.memory().incidents[0]?.opened_ms
    healer.watch({ subjects: [buildIll('voice')], clockShiftMs: 3 }, 20, 10 * SECOND)
    expect(healer.memory().incidents[0]?.opened_ms).toBe(opened)
  })

  it('back without anybody saying so does not stop it', () => {
    const healer = createHealer()
    healer.look({ subjects: [buildIll('voice')] })
    healer.look({ after: -24 * HOUR, subjects: [buildIll('voice')] })
    healer.watch({ subjects: [buildSubject('voice')] }, 5, 10 * SECOND)
    expect(healer.memory().incidents).toEqual([])
  })
})

describe('the memory', () => {
  const DAY = 24 * HOUR
  const remember = (ago: number) => ({
    ...emptyHealing(START),
    budgets: [
      {
        service: 'voice',
        restarts_ms: [START - ago, START - ago + 1],
        last: [
          { action: 'a', at_ms: START - ago },
          { action: 'b', at_ms: START - ago + 1 },
        ],
        streak: 0,
        next_ms: null,
        calm_since_ms: null,
        probation_ms: null,
      },
    ],
    notifications_ms: [START - DAY, START - DAY + 1],
  })
  const remediation = buildSubject('voice').remediation
  const reload = { name: 'reload', command: ['/opt/reload'], restart: false, cooldown_s: 3 * 86_400 }
  it.each<[string, Partial<HealRound>, HealSubject[], restartsMs: number, lastMs: number]>([
    ['a day', {}, [buildSubject('voice')], DAY, DAY],
    ['a day where the service is gone', {}, [], DAY, DAY],
    ['the window of the service', {}, [buildSubject('voice', { remediation: { ...remediation, window_s: 2 * 86_400 } })], 2 * DAY, DAY],
    ['the window of the haus', { policy: { ...defaultHealPolicy, globalWindowMs: 2 * DAY } }, [buildSubject('voice')], 2 * DAY, DAY],
    ['a long cooldown', {}, [buildSubject('voice', { remediation: { ...remediation, actions: [reload] } })], DAY, 3 * DAY],
  ])('goes back for %s', (_name, overrides, subjects, restartsMs, lastMs) => {
    const after = (ago: number) => reduceHealing(remember(ago), buildRound(START, subjects, overrides), [], [], () => 0.5).memory
    expect(after(restartsMs).budgets[0]?.restarts_ms).toEqual([START - restartsMs + 1])
    expect(after(lastMs).budgets[0]?.last).toEqual([{ action: 'b', at_ms: START - lastMs + 1 }])
    expect(after(DAY).notifications_ms).toEqual([START - DAY + 1])
  })

  it('is empty at first, and null where the text is damaged', () => {
    const text = JSON.stringify(emptyHealing(START))
    expect(parseHealing(text)).toEqual(emptyHealing(START))
    expect([
      parseHealing(''),
      parseHealing('{'),
      parseHealing(text.replace('"incidents":[]', '"incidents":[{}]')),
      parseHealing('null'),
    ]).toEqual([null, null, null, null])
  })
})
