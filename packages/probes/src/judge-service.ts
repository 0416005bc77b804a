import type { Verdict } from '@sanctum/contracts'
import { judgeProbes } from './judge-probes.ts'
import { judgeRun } from './judge-run.ts'
import type { ServiceEvidence, ServiceJudgement } from './service-evidence.ts'

/**
 * What the evidence says about a service. What it requires comes first: where a hard requirement is down, its own
 * trouble is not its own. Then what its unit does, then its probes, the startup probe gating the others.
 */
export function judgeService(evidence: ServiceEvidence): ServiceJudgement {
  const own = judgeRun(evidence) ?? judgeProbes(evidence)
  return { ...(judgeRequirements(evidence, own) ?? own), ...flapsOf(evidence) }
}

const purposes = ['startup', 'liveness', 'readiness', 'contract'] as const

function flapsOf({ judgements }: ServiceEvidence): Pick<ServiceJudgement, 'flapping'> {
  const flapping = purposes.find((purpose) => judgements[purpose]?.flapping === true)
  return flapping === undefined ? {} : { flapping }
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
