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
  /** When this verdict began; null where nobody knows. */
  readonly sinceMs: number | null
  /** The service whose trouble this is, where it is another. */
  readonly cause: string | null
  readonly symptom: Symptom | null
  /** The purpose of the probe that fails; null where the unit itself tells. Only a liveness failure or the unit may lead to a restart. */
  readonly failing: ProbePurpose | null
  /**
   * When the newest passing look of each of its probes began, of those the oldest; null where one of them has none, left out where no
   * probe looks at it. A look from before the trouble of a dependent says nothing about its cause.
   */
  readonly provenMs?: number | null | undefined
  /** The purposes of the probes that pass now. An incident ends only where the probe that opened it is among them for the hold time. */
  readonly passes: readonly ProbePurpose[]
  readonly activity: UnitActivity | null
  /** False where a person took it down, null where nobody says. */
  readonly wanted: boolean | null
  /** Sanctum has a unit for it on this machine. */
  readonly isOurs: boolean
  /** It is within the time that its start may take. */
  readonly starting: boolean
  /** Why it is busy rather than hung; null where it is not. */
  readonly busy: string | null
  /** Why the machine has no room for a start of it, with blocker and remedy; null where it has. */
  readonly refusal: string | null
  /** How long a heal may be at its restart; left out where nobody knows. */
  readonly restartMs?: number
}

export interface HealRound {
  readonly nowMs: number
  /** By how much the clock of the wall was set since the last round: what passed on it, less what passed on a clock that nobody sets. Less than a second is no setting. 0 by default. */
  readonly clockShiftMs?: number
  readonly subjects: readonly HealSubject[]
  readonly leases: readonly Lease[]
  /** Why the machine has no room for a restart; null where it has. */
  readonly pressure: string | null
  /** Why what was seen may be the watchdog's own trouble; null where it is not. */
  readonly itIsMe: string | null
  /** Incidents whose heals this watchdog performs; of another one that is under way nobody will tell any more. All of them where left out. */
  readonly performing?: ReadonlySet<string>
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
  /** A heal of which nobody told how it ended has failed after this long, or as soon as its restarts cannot go on any more, if that is later. */
  readonly reportWithinMs: number
  /** Heals that are performed at once in the whole haus. */
  readonly healsAtOnce: number
  /** Root causes at once that suspend healing of what is not critical. */
  readonly breakerAt: number
  /** It closes once there were fewer for this long. */
  readonly breakerCalmMs: number
  /** While it is open, one heal of what is not critical is tried this often; where one helps, the next is tried at once. */
  readonly breakerTrialMs: number
  /** Restarts of all services together within the window; the last ones of them are for P0 alone. */
  readonly globalRestarts: number
  readonly globalReserve: number
  readonly globalWindowMs: number
  /** The first quarantine of an incident; each further one lasts twice as long, up to the longest. */
  readonly quarantineMs: number
  readonly maxQuarantineMs: number
  /** After this long without a failure the wait between heals is short again. */
  readonly calmMs: number
  /** The wait after the first heal that did not help; it doubles each time, up to the longest. */
  readonly backoffMs: number
  readonly maxBackoffMs: number
  /** When an open incident is told to people, and how urgently; the last step repeats until somebody acknowledges. */
  readonly escalations: Readonly<Record<Tier, EscalationSchedule>>
  /** Notifications of the whole haus within any 24 hours; the last ones are for P0 alone, and one is the digest. */
  readonly notificationsPerDay: number
  readonly notificationsReserve: number
  /** What was held back is summed up this long after the first of it. */
  readonly digestAfterMs: number
  /** How long the end of a lease waits for what must be true then. */
  readonly obligationGraceMs: number
}

export interface EscalationSchedule {
  /** Counted from the opening of the incident. Levels: 1 a heads-up, 2 a message, 3 a message and a call. */
  readonly steps: readonly { readonly afterMs: number; readonly level: number }[]
  readonly repeatMs: number
}

/** What came of an act, told with the round after it ended. */
export interface HealReport {
  readonly incident: string
  /** Which heal of the incident it is: one that was given up may still come to its end beside the next. */
  readonly attempt: number
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
      /** Counted from 1 within the incident; its report says it again. */
      readonly attempt: number
      readonly service: string
      readonly action: HealAction
      /** The services to restart, each once what it requires among them is well again; for a command none. */
      readonly targets: readonly string[]
      readonly command: readonly string[] | null
      readonly why: string
    }
  | {
      readonly do: 'escalate'
      /** Of the incident, or of the lease whose obligation is not kept. */
      readonly incident: string
      readonly service: string
      readonly level: number
      readonly count: number
      readonly why: string
    }
  /** One notification that sums up those that were held back. */
  | { readonly do: 'digest'; readonly incidents: readonly string[]; readonly count: number; readonly why: string }

export interface HealStep {
  readonly memory: HealingDocument
  readonly acts: readonly HealAct[]
  readonly events: readonly NewEvent[]
}
