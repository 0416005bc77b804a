import type {
  HealAction,
  HealingDocument,
  Lease,
  NewEvent,
  ProbePurpose,
  ResolvedService,
  ServiceKind,
  Symptom,
  Tier,
  UnitActivity,
  Verdict,
} from '@sanctum/contracts'

/** What the healer is told of one service in each round. */
export interface HealSubject {
  readonly service: string
  readonly kind: ServiceKind
  readonly tier: Tier
  readonly requires: readonly { readonly service: string; readonly strength: 'hard' | 'soft' }[]
  readonly remediation: ResolvedService['remediation']
  readonly verdict: Verdict
  /** False: a first impression, on which nothing may act. */
  readonly confirmed: boolean
  readonly why: string
  /** The service whose trouble this is, where it is another. */
  readonly cause: string | null
  readonly symptom: Symptom | null
  /** The purpose of the probe that fails; null where the unit itself tells. Only a liveness failure or the unit may lead to a restart. */
  readonly failing: ProbePurpose | null
  readonly activity: UnitActivity | null
  /** False where a person took it down, null where nobody says. */
  readonly wanted: boolean | null
  /** Sanctum has a unit for it on this machine. */
  readonly isOurs: boolean
  /** It is within the time that its start may take. */
  readonly starting: boolean
  /** Why it is busy rather than hung; null where it is not. */
  readonly busy: string | null
}

export interface HealRound {
  readonly nowMs: number
  readonly subjects: readonly HealSubject[]
  readonly leases: readonly Lease[]
  /** Why the machine has no room for a restart; null where it has. */
  readonly pressure: string | null
  /** Why what was seen may be the watchdog's own trouble; null where it is not. */
  readonly itIsMe: string | null
  /** A generation to which a revert could go back. */
  readonly canRevert: boolean
  readonly policy: HealPolicy
}

/** Milliseconds, and counts. */
export interface HealPolicy {
  /** The probe that opened an incident must pass for this long before a heal counts. */
  readonly holdMs: number
  /** How long after a heal the probe may take to pass, beyond the start of the service. */
  readonly settleMs: number
  /** Root causes at once that suspend healing of what is not critical. */
  readonly breakerAt: number
  /** Restarts of all services together within the window. */
  readonly globalRestarts: number
  readonly globalWindowMs: number
  readonly quarantineMs: number
  /** After this long without a failure the budget of a service is whole again. */
  readonly calmMs: number
  /** From one escalation of an incident to the next, until it is acknowledged; the last one repeats. */
  readonly escalateAfterMs: readonly number[]
  readonly maxBackoffMs: number
}

/** What came of an act, told with the round after it ended. */
export interface HealReport {
  readonly incident: string
  readonly outcome: 'performed' | 'failed'
  readonly why: string
  readonly tookMs: number
}

/** What a person asked for. */
export type HealRequest =
  | { readonly do: 'acknowledge'; readonly incident: string; readonly by: string; readonly why: string }
  | { readonly do: 'release'; readonly service: string; readonly by: string; readonly why: string }

/** What is to be done. One `heal` per service at a time; its report comes with a later round. */
export type HealAct =
  | {
      readonly do: 'heal'
      readonly incident: string
      readonly service: string
      readonly action: HealAction
      /** The services to restart, in the order of their starts; for a command the argument list is in the catalog. */
      readonly targets: readonly string[]
      readonly command: readonly string[] | null
      readonly why: string
    }
  | {
      readonly do: 'escalate'
      readonly incident: string
      readonly service: string
      readonly level: number
      readonly count: number
      readonly why: string
    }

export interface HealStep {
  readonly memory: HealingDocument
  readonly acts: readonly HealAct[]
  readonly events: readonly NewEvent[]
}
