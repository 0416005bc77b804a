import type { Verdict } from '@sanctum/contracts'
import { judgeService } from './judge-service.ts'
import type { RequirementVerdict, ServiceEvidence, ServiceJudgement } from './service-evidence.ts'

/** The evidence of one service of a haus; its requirements are named, their verdicts follow from the others. */
export interface HausEvidence extends Omit<ServiceEvidence, 'requirements'> {
  readonly requires: readonly { readonly service: string; readonly strength: 'hard' | 'soft' }[]
}

/**
 * Judges every service after what it requires, so that trouble is named by its deepest cause. A requirement without
 * evidence (it lives on another node) says nothing; one inside a circle neither.
 */
export function judgeHaus(evidence: Readonly<Record<string, HausEvidence>>): Record<string, ServiceJudgement> {
  const judged: Record<string, ServiceJudgement> = {}
  for (const id of sortByRequirements(evidence)) {
    const { requires, ...own } = evidence[id] as HausEvidence
    judged[id] = judgeService({ ...own, requirements: requires.flatMap((edge) => toRequirementVerdict(edge, judged)) })
  }
  return judged
}

function toRequirementVerdict(
  edge: HausEvidence['requires'][number],
  judged: Readonly<Record<string, ServiceJudgement>>,
): RequirementVerdict[] {
  const judgement = judged[edge.service]
  return judgement === undefined ? [] : [{ ...edge, verdict: judgement.verdict, root: judgement.cause ?? edge.service }]
}

function sortByRequirements(evidence: Readonly<Record<string, HausEvidence>>): string[] {
  const sorted = new Set<string>()
  const entered = new Set<string>()
  // A list instead of a call for each edge: a chain may be longer than the stack is deep.
  for (const first of Object.keys(evidence)) {
    const pending = [first]
    while (pending.length > 0) {
      const id = pending.at(-1) as string
      const next = entered.has(id) ? [] : (evidence[id]?.requires ?? []).map(({ service }) => service)
      entered.add(id)
      const ahead = next.filter((service) => Object.hasOwn(evidence, service) && !entered.has(service))
      if (ahead.length > 0) pending.push(...ahead)
      else sorted.add(pending.pop() as string)
    }
  }
  return [...sorted]
}

export interface HausSummary {
  readonly verdict: Verdict
  readonly why: string
  /** The services whose own trouble it is, sorted as given. */
  readonly causes: readonly string[]
}

// Worst first. Only a haus in which every service that is meant to run is healthy is healthy.
const ranks: readonly Verdict[] = ['failed', 'blocked', 'drift', 'could-not-check', 'healthy']

/** One word for a whole haus: the worst of its services. Those that are not meant to run do not count. */
export function summarizeHaus(services: Readonly<Record<string, Pick<ServiceJudgement, 'verdict' | 'cause'>>>): HausSummary {
  const verdicts = Object.values(services).map(({ verdict }) => verdict)
  const verdict = ranks.find((rank) => verdicts.includes(rank)) ?? 'not-applicable'
  const causes = Object.entries(services).flatMap(([id, service]) => (isTrouble(service.verdict) ? [service.cause ?? id] : []))
  return { verdict, why: describe(verdicts), causes: [...new Set(causes)] }
}

function isTrouble(verdict: Verdict): boolean {
  return verdict !== 'healthy' && verdict !== 'not-applicable'
}

function describe(verdicts: readonly Verdict[]): string {
  const counts = ranks.flatMap((rank) => {
    const count = verdicts.filter((verdict) => verdict === rank).length
    return count === 0 ? [] : [`${count} ${rank}`]
  })
  return counts.length === 0 ? 'nothing here is meant to run' : counts.join(', ')
}
