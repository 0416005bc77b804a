import type { Finding } from '@sanctum/contracts'

/** Whether one of them is an error that nobody waived. */
export function hasUnwaived(findings: readonly Finding[]): boolean {
  return findings.some(({ severity, waiver }) => severity === 'error' && waiver === undefined)
}
