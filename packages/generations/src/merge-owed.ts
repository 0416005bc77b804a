import type { UnitImpact } from '@sanctum/contracts'
import { compareImpact } from './plan-impact.ts'

/**
 * The impact of a change together with what an interrupted run still owes: its files are in place, but its units were never
 * told. The newer plan wins where both act, except that a restart owed is not weakened to a reload.
 */
export function mergeOwed(impact: readonly UnitImpact[], owed: readonly UnitImpact[]): UnitImpact[] {
  const debts = new Set(owed.filter(({ action }) => action !== 'stay'))
  const byUnit = Map.groupBy(debts, ({ unit }) => unit)
  const merged = impact.map((entry) => {
    const debt = byUnit.get(entry.unit)?.find((each) => isSameUnit(each, entry))
    if (debt !== undefined) debts.delete(debt)
    return debt && isStronger(debt, entry) ? { ...entry, action: debt.action, why: `${debt.why}; an interrupted run left it to do` } : entry
  })
  // A unit that no generation wants any more can only be stopped.
  const gone = [...debts].filter(({ action }) => action === 'stop')
  return [...merged, ...gone].sort(compareImpact)
}

function isSameUnit(a: UnitImpact, b: UnitImpact): boolean {
  return a.unit === b.unit && (a.domain === undefined || b.domain === undefined || a.domain === b.domain)
}

function isStronger(debt: UnitImpact, entry: UnitImpact): boolean {
  return entry.action === 'stay' || (entry.action === 'reload' && debt.action === 'restart')
}
