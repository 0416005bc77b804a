import { type doctorCodes, type Finding, findingCodes } from '@sanctum/contracts'

/** A finding of the thorough checks; the severity is that of the table. */
export function toFinding(code: keyof typeof doctorCodes, rest: Omit<Finding, 'code' | 'severity'>): Finding {
  return { code, severity: findingCodes[code].severity, ...rest }
}
