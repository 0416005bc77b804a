import { accessSync } from 'node:fs'
import { judgeRequirements } from '../judge-requirements.ts'
import { type Gate, processOf, type UnitLife } from '../unit-life.ts'
import type { UnitKeeper } from './unit-keeper.ts'

/** Tells each unit whether it may start. Until nothing more follows: a unit that becomes ready at once lets its dependents start in the same cycle. */
export function judgeGates(keeper: UnitKeeper, self: string): void {
  for (let rounds = 0; rounds <= keeper.units.size; rounds++) {
    const changed = [...keeper.units.values()].filter((unit) => {
      const gate = judgeGate(unit, keeper, self)
      if (isSameGate(gate, unit.gate)) return false
      keeper.send(unit.service, { kind: 'gate-judged', gate })
      return true
    })
    if (changed.length === 0) return
  }
}

function judgeGate(unit: UnitLife, keeper: UnitKeeper, self: string): Gate | null {
  const isMoot = processOf(unit) !== null || !unit.wanted.up
  // An old answer must not let it start later, when the question arises again.
  if (isMoot) return null
  const absent = unit.definition?.waits_for_paths.find((path) => !isThere(path))
  if (absent !== undefined) return { open: false, why: `waits for ${absent} to be there` }
  return judgeRequirements(unit.service, keeper.units, new Set([self]))
}

function isSameGate(gate: Gate | null, known: Gate | null): boolean {
  if (gate === null || known === null) return gate === known
  if (gate.open !== known.open) return false
  return gate.open || known.open || gate.why === known.why
}

function isThere(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}
