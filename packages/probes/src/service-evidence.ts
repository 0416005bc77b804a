import type { Judgement, ProbePurpose, ServiceKind, Symptom, UnitActivity, UnitState, Verdict } from '@sanctum/contracts'

/** All that is known of one service at a moment. */
export interface ServiceEvidence {
  readonly kind: ServiceKind
  /** Null where nothing here supervises it. */
  readonly activity: UnitActivity | null
  /** What its manager says about that activity. */
  readonly activityWhy: string
  readonly lastExit: UnitState['lastExit']
  /** Whether somebody wants it up; null where nobody says. */
  readonly wanted: boolean | null
  readonly fallbackOnly: boolean
  /** True once it had all the time that it may take to start. */
  readonly startOverdue: boolean
  /** Its present process has never answered yet, and has time left to. */
  readonly starting: boolean
  readonly judgements: Readonly<Partial<Record<ProbePurpose, Judgement>>>
  readonly requirements: readonly RequirementVerdict[]
}

/** What is known of a service that another one requires. */
export interface RequirementVerdict {
  readonly service: string
  readonly strength: 'hard' | 'soft'
  readonly verdict: Verdict
  /** The deepest cause of its trouble; itself where it is the cause. */
  readonly root: string
}

export interface ServiceJudgement {
  readonly verdict: Verdict
  readonly why: string
  /** The service whose trouble this is, where it is another. */
  readonly cause: string | null
  /** False where the verdict is a first impression; nothing may act on it. */
  readonly confirmed: boolean
  /** What its own trouble looks like; missing where it has none. */
  readonly symptom?: Symptom
  /** The purpose of the probe that fails; missing where the unit itself tells. */
  readonly failing?: ProbePurpose
  /** Why it is busy rather than hung. */
  readonly busy?: string
  /** The purpose of the first of its probes whose results change too often to be believed soon; missing where none does. */
  readonly flapping?: ProbePurpose
}
