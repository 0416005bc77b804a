import { defaultHealPolicy, type HealRound, type HealSubject } from '@sanctum/supervisor'
import { buildService } from '@sanctum/testkit'

/** A healthy daemon of tier ops that nothing is said of. */
export function buildSubject(service: string, overrides: Partial<HealSubject> = {}): HealSubject {
  return {
    service,
    kind: 'daemon',
    tier: 'ops',
    requires: [],
    remediation: buildService(service).remediation,
    verdict: 'healthy',
    confirmed: true,
    why: 'HTTP 200',
    sinceMs: 0,
    cause: null,
    symptom: null,
    failing: null,
    passes: ['liveness', 'readiness', 'contract'],
    activity: 'running',
    wanted: true,
    isOurs: true,
    starting: false,
    busy: null,
    refusal: null,
    ...overrides,
  }
}

/** One whose liveness probe fails for certain. */
export function buildIll(service: string, overrides: Partial<HealSubject> = {}): HealSubject {
  return buildSubject(service, {
    verdict: 'failed',
    why: 'no answer within 1 s',
    symptom: 'timeout',
    failing: 'liveness',
    passes: [],
    ...overrides,
  })
}

export function buildRound(nowMs: number, subjects: readonly HealSubject[], overrides: Partial<HealRound> = {}): HealRound {
  return { nowMs, subjects, leases: [], pressure: null, itIsMe: null, canRevert: false, policy: defaultHealPolicy, ...overrides }
}
