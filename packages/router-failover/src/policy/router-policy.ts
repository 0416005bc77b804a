/** Every number that the router decides by. Times in milliseconds. */
export interface RouterPolicy {
  readonly connectMs: { readonly local: number; readonly cloud: number }
  readonly firstToken: {
    /** No learned limit is below this. */
    readonly floorMs: number
    readonly timesP95: number
    /** Nothing was seen of the target, and another one could answer. */
    readonly unknownMs: number
    /** It is speaking to somebody, so a late token need not mean anything. */
    readonly busyMs: number
    /** Nobody else could answer, and no load time is known. */
    readonly aloneMs: number
    /** An answer that is no stream shows nothing until it is whole; this is for where somebody else could answer. */
    readonly wholeMs: number
    readonly timesLoad: number
    /** Longer prompts take longer: one factor for each band. */
    readonly bandFactors: readonly number[]
  }
  readonly idleMs: number
  readonly defaultLoadMs: number
  /** No model is expected to load in less, whatever was seen once, and no load is believed to take longer. */
  readonly leastLoadMs: number
  readonly longestLoadMs: number
  /** After so long without a token nobody knows whether the model is still in memory. */
  readonly staleMs: number
  readonly breaker: {
    readonly failures: number
    readonly holdMs: number
    readonly longestHoldMs: number
    /** Pause after a trial that failed; grows with each. */
    readonly retrialMs: number
    /** The longest pause after a fall. */
    readonly longestRetrialMs: number
    /** No trial is later after the one before it: so soon users come back to what is well again. */
    readonly longestTrialMs: number
    /** Two openings nearer than this are flapping. */
    readonly flapMs: number
  }
  /** After a refused connection: how long before the next look. */
  readonly refusedMs: number
  readonly misconfiguredMs: number
  readonly rateLimit: {
    /** Without Retry-After. */
    readonly coolMs: number
    /** So short a Retry-After is waited for although another target could answer. */
    readonly patienceMs: number
    /** What a server says beyond this is not believed. */
    readonly longestMs: number
  }
  readonly retry: {
    readonly attempts: number
    readonly attemptsPerTarget: number
    /** At most so many attempts within the window. */
    readonly burst: number
    readonly burstMs: number
    /** Pause before the one retry at the same target, at most. */
    readonly inPlaceMs: number
    readonly backoffMs: number
    readonly longestBackoffMs: number
    /** Of all requests. */
    readonly share: number
    readonly perMinute: number
    readonly most: number
  }
  readonly hedge: {
    readonly leastMs: number
    readonly unknownMs: number
    /** An answer that is no stream may take long and be well. */
    readonly wholeMs: number
    readonly timesP95: number
    readonly perMinute: number
  }
  readonly hold: {
    readonly waiting: number
    /** How long one waits for a target of which nobody knows when it returns. */
    readonly blindMs: number
    readonly recheckMs: number
  }
  readonly lifeSignMs: number
  readonly probe: {
    readonly healthMs: number
    readonly suspectMs: number
    /** So long without a token, and a local target is asked for one. */
    readonly idleMs: number
  }
  readonly slowAlpha: number
  readonly minuteMs: number
}

export const defaultPolicy: RouterPolicy = {
  connectMs: { local: 1_000, cloud: 3_000 },
  firstToken: {
    floorMs: 4_000,
    timesP95: 4,
    unknownMs: 6_000,
    busyMs: 12_000,
    aloneMs: 80_000,
    wholeMs: 60_000,
    timesLoad: 1.5,
    bandFactors: [1, 1.5, 3, 6],
  },
  idleMs: 15_000,
  defaultLoadMs: 90_000,
  leastLoadMs: 10_000,
  longestLoadMs: 600_000,
  staleMs: 1_800_000,
  breaker: {
    failures: 5,
    holdMs: 30_000,
    longestHoldMs: 600_000,
    retrialMs: 10_000,
    longestRetrialMs: 60_000,
    longestTrialMs: 12_000,
    flapMs: 600_000,
  },
  refusedMs: 2_000,
  misconfiguredMs: 60_000,
  rateLimit: { coolMs: 5_000, patienceMs: 2_500, longestMs: 86_400_000 },
  retry: {
    attempts: 6,
    attemptsPerTarget: 3,
    burst: 4,
    burstMs: 3_000,
    inPlaceMs: 100,
    backoffMs: 500,
    longestBackoffMs: 8_000,
    share: 0.1,
    perMinute: 10,
    most: 20,
  },
  hedge: { leastMs: 1_000, unknownMs: 3_000, wholeMs: 10_000, timesP95: 1.2, perMinute: 6 },
  hold: { waiting: 64, blindMs: 15_000, recheckMs: 500 },
  lifeSignMs: 9_000,
  probe: { healthMs: 5_000, suspectMs: 2_000, idleMs: 900_000 },
  slowAlpha: 0.2,
  minuteMs: 60_000,
}

/** The same policy in a world where everything takes `factor` times as long: a drill at a twentieth of the time. */
export function scalePolicy(policy: RouterPolicy, factor: number): RouterPolicy {
  return scale(policy, factor) as RouterPolicy
}

function scale(value: unknown, factor: number, isTime = false): unknown {
  if (typeof value === 'number') return isTime ? value * factor : value
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, scale(part, factor, isTime || key.endsWith('Ms'))]))
}
