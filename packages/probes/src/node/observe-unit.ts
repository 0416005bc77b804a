import type { Sight } from '../judge-answer.ts'
import { judgeUnit } from '../judge-unit.ts'
import type { UnitTarget } from '../kinds/unit.ts'
import type { ProbeOf } from '../probe-kind.ts'

export async function observeUnit(_probe: ProbeOf<'unit'>, { unit }: UnitTarget): Promise<Sight> {
  return judgeUnit(unit)
}
