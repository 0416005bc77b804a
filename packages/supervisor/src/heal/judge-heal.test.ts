import type { HealBudget, HealingDocument, Lease, OpenIncident } from '@sanctum/contracts'
import { describe, expect, it } from 'vitest'
import { buildIll, buildRound, buildSubject } from '../../test/heal/build-subject.ts'
import type { HealRound, HealSubject } from './heal-input.ts'
import { defaultHealPolicy } from './heal-policy.ts'
import { emptyHealing } from './healing-memory.ts'
import { judgeHeal } from './judge-heal.ts'

const NOW = Date.parse('2026-11-27T12:00:00Z')
const SINCE = NOW - 600_000

interface Given {
  readonly voice?: Partial<HealSubject>
  readonly others?: readonly HealSubject[]
  readonly round?: Partial<HealRound>
  readonly incident?: Partial<OpenIncident>
  readonly budget?: Partial<HealBudget>
  /** Of others. */
  readonly memory?: Partial<HealingDocument>
  /** What was done about the incident and did not help. */
  readonly tried?: readonly string[]
  readonly remediation?: Partial<HealSubject['remediation']>
}

/** What is to be done about `voice`, whose liveness probe has failed for ten minutes, in one line. */
function judge({ voice, others = [], round, incident, budget, memory = {}, tried = [], remediation }: Given): string {
  const ill = buildIll('voice', voice)
  const subject = { ...ill, remediation: { ...ill.remediation, ...remediation } }
  const subjects = [subject, ...others]
  const attempts = tried.map((action) => ({ action, at_ms: SINCE, outcome: 'failed' as const, counts: true }))
  const own = buildIncident('voice', { attempts, ...incident })
  const all = {
    ...emptyHealing(NOW),
    ...memory,
    incidents: [own, ...(memory.incidents ?? [])],
    budgets: [buildBudget('voice', budget), ...(memory.budgets ?? [])],
  }
  const scene = { ...buildRound(NOW, subjects, round), random: () => 0.5, subjectOf: new Map(subjects.map((one) => [one.service, one])) }
  const verdict = judgeHeal(all, scene, own)
  if (verdict.kind === 'nothing') return 'nothing'
  return verdict.kind === 'heal'
    ? ['heal', verdict.action.name, ...verdict.targets].join(' ')
    : `${verdict.kind} ${verdict.reason}: ${verdict.why}`
}

function buildIncident(service: string, overrides: Partial<OpenIncident> = {}): OpenIncident {
  return {
    id: service,
    service,
    symptom: 'timeout',
    probe: 'liveness',
    why: 'no answer within 1 s',
    since_ms: SINCE,
    opened_ms: SINCE,
    attempts: [],
    under_way: null,
    well_since_ms: null,
    withheld: null,
    escalations: [],
    quarantines: 0,
    acknowledged: null,
    ...overrides,
  }
}

function buildBudget(service: string, overrides: Partial<HealBudget> = {}): HealBudget {
  return { service, restarts_ms: [], last: [], streak: 0, next_ms: null, calm_since_ms: null, probation_ms: null, ...overrides }
}

/** A heal of a service that also touches the targets. */
function buildHeal(service: string, targets: readonly string[], performed_ms: number | null): OpenIncident {
  const action = { kind: 'restart' as const, name: 'restart', restarts: true }
  return buildIncident(service, { under_way: { action, targets: [...targets], started_ms: SINCE, performed_ms, counts: true } })
}

function buildLease(services: string[], lifts_budget: boolean): Lease {
  const [since_ms, until_ms] = [SINCE, NOW + 1]
  return { schema_version: 1, id: 'work', services, owner: 'neo', reason: 'new disk', since_ms, until_ms, obligations: [], lifts_budget }
}

const hard = (...services: string[]) => services.map((service) => ({ service, strength: 'hard' as const }))
const soft = (service: string) => [{ service, strength: 'soft' as const }]
const command = (name: string, overrides = {}) => ({ name, command: [`/opt/${name}`], restart: false, cooldown_s: 0, ...overrides })
const times = (count: number, at: number) => Array.from({ length: count }, () => at)
const generous = { max_restarts: 20, quarantine_after: 20 }
const RESTART = 'heal restart voice'

describe('an incident is let alone', () => {
  it.each<[string, Given]>([
    ['while its heal is under way', { incident: { under_way: buildHeal('voice', [], null).under_way } }],
    ['while its probe passes', { incident: { well_since_ms: NOW } }],
    ['of a service that is not here any more', { incident: { service: 'gone' } }],
    ['on a first impression', { voice: { confirmed: false } }],
    ['of what a person took down', { voice: { wanted: false } }],
    ['of what nobody could check', { voice: { verdict: 'could-not-check' } }],
  ])('%s', (_name, given) => expect(judge(given)).toBe('nothing'))
})

describe('a heal is withheld', () => {
  it.each<[string, Given, string]>([
    ['by a lease', { round: { leases: [buildLease(['voice'], false)] } }, 'lease: neo works on it: new disk'],
    [
      'by a lease before one that lifts the budget',
      { round: { leases: [buildLease(['voice'], true), buildLease(['*'], false)] } },
      'lease: neo works on it: new disk',
    ],
    ['from what is blocked', { voice: { verdict: 'blocked' } }, 'dependency: it waits for what it requires'],
    ['from what fails for another', { voice: { cause: 'mlx' } }, 'dependency: it waits for mlx'],
    ...(['failed', 'blocked'] as const).map((verdict): [string, Given, string] => [
      `beside a requirement that is ${verdict}`,
      { voice: { requires: hard('mlx') }, others: [buildSubject('mlx', { verdict })] },
      'dependency: it waits for mlx',
    ]),
    [
      'beside a requirement that starts',
      { voice: { requires: hard('mlx') }, others: [buildSubject('mlx', { starting: true })] },
      'dependency: it waits for mlx',
    ],
    [
      'beside a requirement that another heal restarts',
      {
        voice: { requires: hard('mlx') },
        others: [buildSubject('mlx')],
        memory: { incidents: [buildHeal('lamp', ['mlx'], NOW)] },
      },
      'dependency: it waits for mlx',
    ],
    ...[null, SINCE - 1].map((provenMs): [string, Given, string] => [
      `before its requirement was seen well (${provenMs === null ? 'never seen' : 'seen too early'})`,
      { voice: { requires: hard('mlx') }, others: [buildSubject('mlx', { provenMs })] },
      'dependency: whether mlx, which it requires, is well was not seen since its trouble began',
    ]),
    ['within its start', { voice: { starting: true } }, 'starting: it is starting'],
    ['while its manager starts it', { voice: { activity: 'starting' } }, 'starting: it is starting'],
    ['while its manager waits to start it', { voice: { activity: 'backing-off' } }, 'starting: it is starting'],
    [
      'while another heal touches it',
      { memory: { incidents: [buildHeal('lamp', ['voice'], NOW)] } },
      'other-heal: another heal touches it',
    ],
    [
      'while two others are performed',
      { memory: { incidents: [buildHeal('a', [], null), buildHeal('b', [], null)] } },
      'other-heal: 2 heals are under way',
    ],
    ['before the next one', { budget: { next_ms: NOW + 1 } }, 'cooldown: the next heal waits until 2026-11-27T12:00:00.001Z'],
    [
      'within the cooldown of the action',
      { budget: { last: [{ action: 'restart', at_ms: NOW - 59_000 }] } },
      'cooldown: restart was done 59 s ago',
    ],
    [
      'within the cooldown of the lowest rung, rather than climb to the next',
      {
        remediation: { actions: [command('reload', { cooldown_s: 120 })] },
        budget: { last: [{ action: 'reload', at_ms: NOW - 119_000 }] },
      },
      'cooldown: reload was done 119 s ago',
    ],
    [
      'by the restarts of the haus',
      {
        memory: { budgets: [buildBudget('lamp', { restarts_ms: times(3, NOW) })] },
        round: { policy: { ...defaultHealPolicy, globalRestarts: 4, globalReserve: 1 } },
      },
      'global-budget: 3 restarts in the haus within 30 min; the limit is 3',
    ],
    [
      'by the restarts of the haus even from P0 once the reserve is spent',
      {
        voice: { tier: 'P0' },
        memory: { budgets: [buildBudget('lamp', { restarts_ms: times(4, NOW) })] },
        round: { policy: { ...defaultHealPolicy, globalRestarts: 4, globalReserve: 1 } },
      },
      'global-budget: 4 restarts in the haus within 30 min; the limit is 4',
    ],
    [
      'from what no restart mends',
      { voice: { kind: 'oneshot' } },
      'not-restartable: it is of kind oneshot, which a restart does not mend, and the catalog names no other action',
    ],
    [
      'from what is not ours',
      { voice: { kind: 'container', isOurs: false } },
      'not-restartable: Sanctum has no unit for it here, and the catalog names no other action',
    ],
    [
      'from what breaks its contract, though the generation could go back',
      { voice: { failing: 'contract' }, round: { canRevert: true } },
      'not-restartable: its contract probe fails, which restarts nothing, and the catalog names no other action',
    ],
    ...([null, 'liveness'] as const).map((failing): [string, Given, string] => [
      `from what may never be restarted (${failing ?? 'the unit'} fails)`,
      { voice: { failing }, remediation: { max_restarts: 0 } },
      'not-restartable: the catalog allows no restart of it and names no other action',
    ]),
    ['where the machine has no room', { round: { pressure: '5 % free' } }, 'pressure: 5 % free'],
    [
      'where the machine has no room, which no higher rung changes',
      { voice: { requires: hard('mlx') }, others: [buildSubject('mlx')], round: { pressure: '5 % free' }, tried: ['restart', 'restart'] },
      'pressure: 5 % free',
    ],
  ])('%s', (_name, given, why) => expect(judge(given)).toBe(`withhold ${why}`))
})

describe('the budget is spent', () => {
  const after = (probation_ms: number, ...at: readonly number[]): Given => ({
    budget: { probation_ms },
    incident: { attempts: at.map((at_ms) => ({ action: 'restart', at_ms, outcome: 'failed', counts: true })) },
  })
  it.each<[string, Given, string]>([
    ['by what did not help', { tried: times(5, 0).map(() => 'restart') }, '5 heals in a row did not help; the limit is 5'],
    ['by restarts', { budget: { restarts_ms: times(5, NOW - 1_799_999) } }, 'it was restarted 5 times within 1800 s; the limit is 5'],
    [
      'by one that did not help on probation',
      after(SINCE, SINCE - 1, SINCE),
      'the heal that was tried after its quarantine did not help either',
    ],
  ])('%s', (_name, given, why) => expect(judge(given)).toBe(`quarantine budget: ${why}`))

  it.each<[string, Given, string]>([
    ['by one less', { tried: times(4, 0).map(() => 'restart') }, RESTART],
    ['by what counts for nothing', { incident: { attempts: uncounted(5) } }, RESTART],
    ['by restarts before the window', { budget: { restarts_ms: times(5, NOW - 1_800_000) } }, RESTART],
    ['by those before the quarantine', after(SINCE, ...times(9, SINCE - 1)), RESTART],
    [
      'by restarts where a command ends nothing',
      {
        voice: { failing: 'contract' },
        budget: { restarts_ms: times(9, NOW) },
        remediation: { actions: [command('reload')] },
      },
      'heal reload',
    ],
    ['where a lease lifts it', { tried: times(9, 0).map(() => 'restart'), round: { leases: [buildLease(['voice'], true)] } }, RESTART],
  ])('but not %s', (_name, given, action) => expect(judge(given)).toBe(action))
})

function uncounted(count: number): OpenIncident['attempts'] {
  return times(count, SINCE).map((at_ms) => ({ action: 'restart', at_ms, outcome: 'failed', counts: false }))
}

describe('a restart comes', () => {
  it.each<[string, Given]>([
    ['where nothing speaks against it', {}],
    ['when its wait is over', { budget: { next_ms: NOW } }],
    ['when its cooldown is over', { budget: { last: [{ action: 'restart', at_ms: NOW - 60_000 }] } }],
    ['beside heals that wait for their probes', { memory: { incidents: [buildHeal('a', [], NOW), buildHeal('b', [], NOW)] } }],
    ['beside a soft requirement that fails', { voice: { requires: soft('mlx') }, others: [buildIll('mlx')] }],
    [
      'beside a soft requirement that was not seen',
      { voice: { requires: soft('mlx') }, others: [buildSubject('mlx', { provenMs: null })] },
    ],
    ['beside a requirement that no probe looks at', { voice: { requires: hard('mlx') }, others: [buildSubject('mlx')] }],
    ['beside a requirement that was seen since', { voice: { requires: hard('mlx') }, others: [buildSubject('mlx', { provenMs: SINCE })] }],
    ['beside a requirement that lives elsewhere', { voice: { requires: hard('mlx') } }],
    [
      'of P0 from the reserve of the haus',
      {
        voice: { tier: 'P0' },
        memory: { budgets: [buildBudget('lamp', { restarts_ms: times(3, NOW) })] },
        round: { policy: { ...defaultHealPolicy, globalRestarts: 4, globalReserve: 1 } },
      },
    ],
    [
      'whatever the haus has spent, under a lease that lifts the budget',
      {
        memory: { budgets: [buildBudget('lamp', { restarts_ms: times(99, NOW) })] },
        round: { leases: [buildLease(['voice'], true)] },
      },
    ],
  ])('%s', (_name, given) => expect(judge(given)).toBe(RESTART))
})

describe('the next rung', () => {
  const climbed: Given = {
    voice: { requires: hard('mlx') },
    others: [buildSubject('mlx')],
    tried: ['restart', 'restart'],
    remediation: generous,
  }
  const pantry = buildSubject('pantry', { requires: hard('mlx') })
  const kitchen = buildSubject('kitchen', { requires: hard('pantry', 'mlx') })
  const further: Given = { ...climbed, tried: ['restart', 'restart', 'restart-dependency'] }
  it.each<[string, Given, string]>([
    ['after a command is a restart', { remediation: { actions: [command('reload')] }, tried: ['reload'] }, RESTART],
    ['after one restart is another', { ...climbed, tried: ['restart'] }, RESTART],
    ['after two restarts is the dependency', climbed, 'heal restart-dependency mlx voice'],
    [
      'after the dependency is all that hangs on it, each after what it requires',
      { ...further, others: [buildSubject('mlx'), kitchen, pantry] },
      'heal restart-subtree mlx voice pantry kitchen',
    ],
    ['where nothing else hangs on the dependency is the generation', { ...further, round: { canRevert: true } }, 'heal revert'],
    [
      'after all of them is the cheapest again',
      {
        ...further,
        others: [buildSubject('mlx'), pantry],
        round: { canRevert: true },
        tried: ['restart', 'restart', 'restart-dependency', 'restart-subtree', 'revert'],
      },
      RESTART,
    ],
    [
      'after all of them is what was tried least',
      { remediation: { ...generous, actions: [command('reload')] }, tried: ['reload', 'reload', 'reload', 'restart', 'restart'] },
      RESTART,
    ],
    [
      'after a command is the same again where nothing else is allowed',
      { voice: { failing: 'contract' }, remediation: { actions: [command('reload')] }, tried: ['reload'] },
      'heal reload',
    ],
    [
      'where memory is short is one that ends nothing',
      { remediation: { actions: [command('cycle', { restart: true }), command('unload')] }, round: { pressure: '5 % free' } },
      'heal unload',
    ],
  ])('%s', (_name, given, action) => expect(judge(given)).toBe(action))

  it.each<[string, Partial<HealSubject>, Omit<Given, 'others'>]>([
    ['is soft', {}, { voice: { requires: [...soft('mlx'), ...hard('elsewhere')] } }],
    ['is at a person', { wanted: false }, {}],
    ['is not well for certain', { verdict: 'could-not-check' }, {}],
    ['waits for what it requires', { requires: hard('router') }, {}],
    ['is leased', {}, { round: { leases: [buildLease(['mlx'], false)] } }],
    ['is in quarantine', {}, { memory: { quarantines: [quarantineOf('mlx')] } }],
    ['has spent its restarts', {}, { memory: { budgets: [buildBudget('mlx', { restarts_ms: times(5, NOW - 1_799_999) })] } }],
  ])('is not a dependency that %s', (_name, overrides, given) => {
    expect(judge({ ...climbed, ...given, others: [buildSubject('mlx', overrides), buildIll('router')] })).toBe(RESTART)
  })

  it.each<[string, Partial<HealSubject>, Omit<Given, 'others'>]>([
    ['softly requires what is down', { requires: soft('router') }, {}],
    ['is leased to a drill', {}, { round: { leases: [buildLease(['mlx'], true)] } }],
    ['spent its restarts before the window', {}, { memory: { budgets: [buildBudget('mlx', { restarts_ms: times(5, NOW - 1_800_000) })] } }],
    [
      'has spent its restarts in a drill',
      {},
      { round: { leases: [buildLease(['*'], true)] }, memory: { budgets: [buildBudget('mlx', { restarts_ms: times(5, NOW) })] } },
    ],
  ])('may be a dependency that %s', (_name, overrides, given) => {
    const others = [buildSubject('mlx', overrides), buildIll('router'), buildSubject('door', { tier: 'P0', requires: soft('mlx') })]
    expect(judge({ ...climbed, ...given, others })).toBe('heal restart-dependency mlx voice')
  })

  it.each<[string, Partial<HealSubject>, Omit<Given, 'others'>]>([
    ['is busy', { busy: 'a long answer' }, {}],
    ['starts', { starting: true }, {}],
    ['is in quarantine', {}, { memory: { quarantines: [quarantineOf('kitchen')] } }],
    ['another heal touches', {}, { memory: { incidents: [buildHeal('lamp', ['kitchen'], NOW)] } }],
    ['waits for something else', { requires: hard('mlx', 'router') }, {}],
  ])('is not all that hangs on the dependency where one of it %s', (_name, overrides, given) => {
    const others = [buildSubject('mlx'), pantry, { ...kitchen, ...overrides }, buildIll('router')]
    expect(judge({ ...further, ...given, others })).toBe(RESTART)
  })
})

function quarantineOf(service: string): HealingDocument['quarantines'][number] {
  return { service, incident: service, reason: 'budget', owner: 'neo', since_ms: SINCE, until_ms: NOW + 1 }
}
