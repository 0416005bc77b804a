import { type HealDraft, type HealScene, hasten, remember, rememberBudget, tell } from './heal-draft.ts'
import { budgetOf } from './healing-memory.ts'

/** A quarantine that is over speaks again, and one heal may show whether it was enough. */
export function reduceQuarantines(draft: HealDraft, { nowMs }: HealScene): HealDraft {
  const over = draft.memory.quarantines.filter(({ until_ms }) => until_ms <= nowMs)
  return over.reduce((next, quarantine) => {
    const { service, incident, owner, until_ms } = quarantine
    const budget = { ...budgetOf(next.memory, service), next_ms: null, probation_ms: nowMs }
    const free = remember(rememberBudget(next, budget), { quarantines: next.memory.quarantines.filter((other) => other !== quarantine) })
    const told = tell(free, 'quarantine-ended', service, { incident, reason: 'its time is over', owner, until_ms })
    return hasten(told, incident, `the quarantine of ${service} is over and it is still not well; one more heal is tried`)
  }, draft)
}
