import type { ServiceKind, UnitActivity } from '@sanctum/contracts'
import { judgeProbes } from './judge-probes.ts'
import type { ServiceEvidence, ServiceJudgement } from './service-evidence.ts'

/** What the unit of a service alone says about it; null where the probes decide. */
export function judgeRun(evidence: ServiceEvidence): ServiceJudgement | null {
  const { activity, kind } = evidence
  if (activity === null) return null
  if (isAtRest(activity) && evidence.fallbackOnly) return notApplicable('stands by: started when what it replaces is lost')
  if (isAtRest(activity) && evidence.wanted === false) return notApplicable('a person took it down')
  return rules[familyOf[kind]][activity](evidence)
}

type Family = 'lasting' | 'job'
type Rule = (evidence: ServiceEvidence) => ServiceJudgement | null

const familyOf: Readonly<Record<ServiceKind, Family>> = {
  daemon: 'lasting',
  container: 'lasting',
  network: 'lasting',
  external: 'lasting',
  periodic: 'job',
  oneshot: 'job',
}

const ask: Rule = () => null
const fails: Rule = ({ activity, activityWhy }) => ({
  verdict: 'failed',
  why: activityWhy,
  cause: null,
  confirmed: true,
  symptom: activity === 'failed' ? 'given-up' : activity === 'backing-off' ? 'crashed' : 'not-running',
})
const isUnknown: Rule = ({ activityWhy }) => ({ verdict: 'could-not-check', why: activityWhy, cause: null, confirmed: false })
// Its manager holds it back until something else is there.
const isHeldBack: Rule = ({ activityWhy }) => ({ verdict: 'blocked', why: activityWhy, cause: null, confirmed: true })

/** A job is meant to end: that it does not run is never a fault, and its end is judged by how, not by whether. */
const rules: Readonly<Record<Family, Readonly<Record<UnitActivity, Rule>>>> = {
  lasting: {
    running: ask,
    starting: (evidence) => (evidence.startOverdue ? null : isUnknown(evidence)),
    waiting: isHeldBack,
    completed: fails,
    stopped: fails,
    failed: fails,
    'backing-off': fails,
    // Its manager does not say; an answer does.
    unknown: ask,
  },
  job: {
    running: ask,
    starting: ask,
    waiting: (evidence) =>
      judgeEnd(evidence) ?? (evidence.kind === 'periodic' ? notApplicable(evidence.activityWhy) : isHeldBack(evidence)),
    completed: (evidence) => (isBadEnd(evidence.lastExit) ? fails(evidence) : judgeWith(evidence, evidence.activityWhy)),
    stopped: (evidence) => judgeEnd(evidence) ?? isUnknown(evidence),
    failed: fails,
    'backing-off': fails,
    unknown: ask,
  },
}

/** By its last end, if one is known or a probe knows more. */
function judgeEnd(evidence: ServiceEvidence): ServiceJudgement | null {
  const { lastExit } = evidence
  if (lastExit === null) return hasAnswer(evidence) ? judgeProbes(evidence) : null
  if (isBadEnd(lastExit)) return failsByEnd(lastExit)
  return judgeWith(evidence, 'its last run ended well')
}

function failsByEnd(lastExit: NonNullable<ServiceEvidence['lastExit']>): ServiceJudgement {
  return { verdict: 'failed', why: `its last run ended ${describeEnd(lastExit)}`, cause: null, confirmed: true, symptom: 'crashed' }
}

/** A good end; a probe may still know better. */
function judgeWith(evidence: ServiceEvidence, why: string): ServiceJudgement {
  return hasAnswer(evidence) ? judgeProbes(evidence) : { verdict: 'healthy', why, cause: null, confirmed: true }
}

function hasAnswer({ judgements }: ServiceEvidence): boolean {
  return Object.values(judgements).some(({ verdict }) => verdict === 'healthy' || verdict === 'failed')
}

function isBadEnd(lastExit: ServiceEvidence['lastExit']): boolean {
  return lastExit !== null && lastExit.code !== 0
}

function describeEnd({ code, signal }: NonNullable<ServiceEvidence['lastExit']>): string {
  return signal === null ? `with code ${code}` : `by ${signal}`
}

function isAtRest(activity: UnitActivity): boolean {
  return activity === 'stopped' || activity === 'completed' || activity === 'waiting'
}

function notApplicable(why: string): ServiceJudgement {
  return { verdict: 'not-applicable', why, cause: null, confirmed: true }
}
