import type { FailureCause, Judgement } from '@sanctum/contracts'
import type { ServiceEvidence, ServiceJudgement } from './service-evidence.ts'

/** What the probes of a service say together. Until the startup probe passed, the others are not heard. */
export function judgeProbes(evidence: ServiceEvidence): ServiceJudgement {
  const { judgements } = evidence
  const { startup } = judgements
  if (evidence.starting) return judgeStarting(judgements)
  if (startup !== undefined && startup.verdict !== 'healthy' && startup.verdict !== 'drift') return judgeStartup(startup, evidence)
  const asked = gated.flatMap((purpose) => (judgements[purpose] === undefined ? [] : [{ purpose, judgement: judgements[purpose] }]))
  const bad = asked.find(({ judgement }) => judgement.verdict === 'failed')
  if (bad !== undefined) return judgeFailure(bad.purpose, bad.judgement, evidence)
  const open = asked.find(({ judgement }) => judgement.verdict === 'could-not-check')
  if (open !== undefined) return { verdict: 'could-not-check', why: open.judgement.why, cause: null, confirmed: false, ...busyOf(asked) }
  const best = asked.find(({ judgement }) => judgement.verdict === 'drift')?.judgement ?? asked.at(-1)?.judgement ?? startup
  if (best === undefined) return judgeUnasked(evidence)
  const confirmed = asked.every(({ judgement }) => judgement.confirmed)
  return { verdict: best.verdict, why: best.why, cause: null, confirmed, ...busyOf(asked) }
}

function busyOf(asked: readonly { readonly judgement: Judgement }[]): { busy?: string } {
  const busy = asked.find(({ judgement }) => judgement.busy === true)
  return busy === undefined ? {} : { busy: busy.judgement.why }
}

/** In the order in which one explains the next. */
const gated = ['liveness', 'readiness', 'contract'] as const

/** What was proven of the process before says nothing about the one that has not answered yet. */
function judgeStarting({ startup, ...others }: ServiceEvidence['judgements']): ServiceJudgement {
  const told = startup ?? gated.map((purpose) => others[purpose]).find((judgement) => judgement !== undefined)
  const why = told === undefined || told.verdict === 'healthy' ? 'it has not answered yet' : told.why
  return { verdict: 'could-not-check', why: why.startsWith('starts: ') ? why : `starts: ${why}`, cause: null, confirmed: false }
}

function judgeStartup(startup: Judgement, { startOverdue }: ServiceEvidence): ServiceJudgement {
  if (startOverdue && startup.verdict === 'failed')
    return {
      verdict: 'failed',
      why: `did not start in its time: ${startup.why}`,
      cause: null,
      confirmed: true,
      failing: 'startup',
      ...symptomOf(startup),
    }
  return { verdict: 'could-not-check', why: `starts: ${startup.why}`, cause: null, confirmed: false }
}

const failures = {
  liveness: (why: string) => why,
  readiness: (why: string) => `alive, but not ready: ${why}`,
  contract: (why: string) => `answers, but does not do its work: ${why}`,
} as const

function judgeFailure(purpose: (typeof gated)[number], judgement: Judgement, { kind, judgements }: ServiceEvidence): ServiceJudgement {
  const isAlive = purpose === 'liveness' || judgements.liveness?.verdict === 'healthy'
  const why = isAlive ? failures[purpose](judgement.why) : judgement.why
  return {
    verdict: 'failed',
    why: kind === 'external' ? `${why}; somebody else runs it` : why,
    cause: null,
    confirmed: judgement.confirmed,
    failing: purpose,
    ...symptomOf(judgement),
  }
}

function symptomOf({ cause }: Judgement): { symptom?: FailureCause } {
  return cause === undefined ? {} : { symptom: cause }
}

function judgeUnasked({ activity, activityWhy }: ServiceEvidence): ServiceJudgement {
  if (activity === 'running' || activity === 'completed')
    return { verdict: 'healthy', why: `${activityWhy}; no probe asks more`, cause: null, confirmed: true }
  return { verdict: 'could-not-check', why: 'no probe looks at it', cause: null, confirmed: false }
}
