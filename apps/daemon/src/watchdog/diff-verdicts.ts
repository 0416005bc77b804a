import type { NewEvent } from '@sanctum/contracts'
import type { ServiceJudgement } from '@sanctum/probes'

type Judgements = Readonly<Record<string, ServiceJudgement>>

/** What changed from one cycle to the next, as events. Only a confirmed verdict is news; the first impression of a start is not. */
export function diffVerdicts(before: Judgements, after: Judgements): NewEvent[] {
  return Object.entries(after).flatMap(([service, { verdict, why, cause, confirmed }]) => {
    const known = before[service]?.verdict ?? null
    if (verdict === known || (known === null && !confirmed)) return []
    return [{ kind: 'verdict-changed', subject: service, data: { from: known, to: verdict, why, cause, confirmed } }]
  })
}
