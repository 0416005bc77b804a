import type { Judgement, ProbePurpose, ServiceKind, UnitActivity, UnitState, Verdict } from '@sanctum/contracts'
import { judgeProbes } from './judge-probes.ts'
import { judgeRun } from './judge-run.ts'

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
}

/**
 * What the evidence says about a service. What it requires comes first: where a hard requirement is down, its own
 * trouble is not its own. Then what its unit does, then its probes, the startup probe gating the others.
 */
export function judgeService(evidence: ServiceEvidence): ServiceJudgement {
  const own = judgeRun(evidence) ?? judgeProbes(evidence)
  return judgeRequirements(evidence, own) ?? own
}

function judgeRequirements({ requirements, judgements }: ServiceEvidence, own: ServiceJudgement): ServiceJudgement | null {
  // Who is not meant to run waits on nobody; who does its real work evidently has what it needs.
  if (own.verdict === 'not-applicable' || judgements.contract?.verdict === 'healthy') return null
  const blocking = requirements.find(({ strength, verdict }) => strength === 'hard' && isBlocking(verdict, own.verdict))
  if (blocking === undefined) return null
  const via = blocking.root === blocking.service ? '' : `, because of ${blocking.root}`
  return {
    verdict: 'blocked',
    why: `waits for ${blocking.service}, which is ${words[blocking.verdict]}${via}`,
    cause: blocking.root,
    confirmed: true,
  }
}

// A requirement of which nothing is known excuses a failure, but turns nothing red that answers.
function isBlocking(requirement: Verdict, own: Verdict): boolean {
  return (
    requirement === 'failed' ||
    requirement === 'blocked' ||
    (own === 'failed' && (requirement === 'could-not-check' || requirement === 'not-applicable'))
  )
}

const words: Readonly<Record<Verdict, string>> = {
  healthy: 'healthy',
  drift: 'not what the catalog says',
  failed: 'down',
  blocked: 'blocked itself',
  'could-not-check': 'in an unknown state',
  'not-applicable': 'not meant to run now',
}
