import { type Finding, type FindingCode, findingCodes } from '@sanctum/contracts'
import { toDocsAnchor } from './to-docs-anchor.ts'

/** With what its code says of it: what goes wrong if it stays, unless it says so itself, and where to read of it. */
export function explainFinding(finding: Finding): Finding {
  const known: Readonly<Record<string, FindingCode>> = findingCodes
  const row = known[finding.code]
  if (row === undefined) return finding
  const { fix } = finding
  // Safe is what somebody has said to be: a command without a word about it may harm what works.
  const told = fix?.command === undefined ? {} : { fix: { safe: false, ...fix } }
  return { ...finding, ...told, impact: finding.impact ?? row.impact, docs: toDocsAnchor(finding.code) }
}
