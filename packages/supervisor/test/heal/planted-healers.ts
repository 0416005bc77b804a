import type { HealingDocument } from '@sanctum/contracts'
import { defaultHealPolicy, type HealPolicy, type HealRound, type HealSubject, reduceHealing } from '@sanctum/supervisor'
import type { Broken } from './judge-simulation.ts'

/** Healers with one rule taken out, and what that must break. */
export const plantedHealers: readonly {
  readonly does: string
  readonly breaks: Broken
  readonly healer?: typeof reduceHealing
  readonly policy?: HealPolicy
}[] = [
  {
    does: 'forgets its restarts',
    breaks: 'over budget',
    healer: withMemory((memory) => ({
      ...memory,
      quarantines: [],
      incidents: memory.incidents.map((incident) => ({ ...incident, attempts: [] })),
      budgets: memory.budgets.map((budget) => ({ ...budget, restarts_ms: [], next_ms: null, probation_ms: null })),
    })),
  },
  {
    does: 'lets its clock be set',
    breaks: 'over budget',
    healer: withRound((round) => ({ ...round, clockShiftMs: 0 })),
    // Breaker and the budget of the haus would hold most of the heals that are too many for one service.
    policy: { ...defaultHealPolicy, globalRestarts: 1000, breakerAt: 1000 },
  },
  {
    does: 'has no budget for the haus',
    breaks: 'over the global budget',
    policy: { ...defaultHealPolicy, globalRestarts: 1000, breakerAt: 1000 },
  },
  {
    does: 'never counts a restart out again',
    breaks: 'not re-armed',
    healer: withMemory((memory) => ({
      ...memory,
      budgets: memory.budgets.map((budget) => ({ ...budget, restarts_ms: budget.restarts_ms.map(() => memory.at_ms) })),
    })),
  },
  {
    does: 'never ends a quarantine',
    breaks: 'not re-armed',
    policy: { ...defaultHealPolicy, quarantineMs: 1e12, maxQuarantineMs: 1e12 },
  },
  {
    does: 'waits ever longer',
    breaks: 'not re-armed',
    policy: { ...defaultHealPolicy, backoffMs: 3_600_000, maxBackoffMs: 1e12, calmMs: 1e12 },
  },
  {
    does: 'forgets what it has begun',
    breaks: 'two heals at once',
    healer: withMemory((memory) => ({
      ...memory,
      incidents: memory.incidents.map((incident) => ({ ...incident, under_way: null })),
      budgets: memory.budgets.map((budget) => ({ ...budget, last: [], next_ms: null })),
    })),
  },
  {
    does: 'knows of no dependency',
    breaks: 'dependency down',
    healer: withSubjects((subject) =>
      subject.verdict === 'blocked'
        ? { ...subject, verdict: 'failed', cause: null, requires: [], failing: 'liveness' }
        : { ...subject, requires: [] },
    ),
  },
  {
    does: 'restarts for its readiness or its contract',
    breaks: 'alive',
    healer: withSubjects((subject) => ({ ...subject, failing: subject.failing === null ? null : 'liveness' })),
  },
  { does: 'takes busy for hung', breaks: 'alive', healer: withSubjects((subject) => ({ ...subject, busy: null })) },
  {
    does: 'takes a job for a daemon',
    breaks: 'not restartable',
    healer: withSubjects((subject) => ({ ...subject, kind: 'daemon', isOurs: true })),
  },
  { does: 'calls as often as it likes', breaks: 'too many notifications', policy: { ...defaultHealPolicy, notificationsPerDay: 1000 } },
  {
    does: 'calls once and never again',
    breaks: 'silent',
    policy: {
      ...defaultHealPolicy,
      escalations: {
        P0: { ...defaultHealPolicy.escalations.P0, repeatMs: 1e12 },
        council: { ...defaultHealPolicy.escalations.council, repeatMs: 1e12 },
        ops: { ...defaultHealPolicy.escalations.ops, repeatMs: 1e12 },
        optional: { ...defaultHealPolicy.escalations.optional, repeatMs: 1e12 },
      },
    },
  },
  {
    does: 'holds back and never sums up',
    breaks: 'silent',
    policy: { ...defaultHealPolicy, notificationsPerDay: 3, notificationsReserve: 1, digestAfterMs: 1e12 },
  },
  { does: 'heals on though everything fails', breaks: 'breaker', policy: { ...defaultHealPolicy, breakerAt: 1000 } },
  {
    does: 'takes a breaker that is half open for one that is closed',
    breaks: 'breaker',
    policy: { ...defaultHealPolicy, breakerTrialMs: 0 },
  },
  {
    does: 'lets the breaker hold what is critical',
    breaks: 'not re-armed',
    healer: withSubjects((subject) => ({ ...subject, tier: subject.tier === 'P0' ? 'council' : subject.tier })),
    policy: { ...defaultHealPolicy, breakerAt: 2 },
  },
  {
    does: 'never closes the breaker again',
    breaks: 'not re-armed',
    policy: { ...defaultHealPolicy, breakerCalmMs: 1e12 },
  },
  { does: 'restarts though memory is short', breaks: 'pressure', healer: withRound((round) => ({ ...round, pressure: null })) },
  { does: 'knows of no lease', breaks: 'lease', healer: withRound((round) => ({ ...round, leases: [] })) },
  {
    does: 'does not ask whether a person stopped it',
    breaks: 'stopped',
    healer: withSubjects((subject) =>
      subject.wanted === false
        ? { ...subject, wanted: true, verdict: 'failed', activity: 'failed', failing: null, symptom: 'crashed' }
        : subject,
    ),
  },
  { does: 'never suspects itself', breaks: 'own trouble', healer: withRound((round) => ({ ...round, itIsMe: null })) },
  { does: 'believes the first answer', breaks: 'proven too early', policy: { ...defaultHealPolicy, holdMs: 0 } },
]

function withMemory(change: (memory: HealingDocument) => HealingDocument): typeof reduceHealing {
  return (memory, ...rest) => reduceHealing(change(memory), ...rest)
}

function withRound(change: (round: HealRound) => HealRound): typeof reduceHealing {
  return (memory, round, ...rest) => reduceHealing(memory, change(round), ...rest)
}

function withSubjects(change: (subject: HealSubject) => HealSubject): typeof reduceHealing {
  return withRound((round) => ({ ...round, subjects: round.subjects.map(change) }))
}
