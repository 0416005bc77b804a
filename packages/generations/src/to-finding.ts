import { type Finding, findingCodes, type generationCodes } from '@sanctum/contracts'

export type GenerationCode = keyof typeof generationCodes

/** A finding of this package; the severity is that of the table. */
export function toFinding(code: GenerationCode, rest: Omit<Finding, 'code' | 'severity'>): Finding {
  return { code, severity: findingCodes[code].severity, ...rest }
}
