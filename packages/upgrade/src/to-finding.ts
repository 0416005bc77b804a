import { type upgradeCodes as Codes, type Finding, upgradeCodes } from '@sanctum/contracts'

/** A finding with the severity that its code has. */
export function toFinding(code: keyof typeof Codes, rest: Omit<Finding, 'code' | 'severity'>): Finding {
  return { code, severity: upgradeCodes[code].severity, ...rest }
}
