import type { UnitState } from '@sanctum/contracts'
import type { Sight } from './judge-answer.ts'

/** Whether a unit is loaded, and from the definition that lies on the disk. */
export function judgeUnit({ unit, loaded, needsReload, definitionFile, dropIns }: UnitState): Sight {
  if (!loaded) return { kind: 'failed', cause: 'not-running', detail: `${unit} is not loaded` }
  const passed = { kind: 'passed', detail: `${unit} is loaded` } as const
  if (needsReload) return { ...passed, drift: `the file of ${unit} changed after it was loaded` }
  if (dropIns.length > 0) return { ...passed, drift: `${unit} is changed by ${dropIns.join(' and ')}` }
  return definitionFile === null ? passed : { ...passed, detail: `${unit} is loaded from ${definitionFile}` }
}
