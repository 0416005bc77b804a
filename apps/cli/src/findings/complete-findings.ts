import { type CheckResult, type Finding, type Verdict, waive } from '@sanctum/contracts'
import { toVerdict } from '../checks/run-checks.ts'
import type { Ports } from '../ports.ts'
import { explainFinding } from './explain-finding.ts'
import { dateFindings, keepFirstSeen, readFirstSeen } from './first-seen.ts'
import { findUnused, readWaivers } from './waivers.ts'

/** What no finding decided. */
const unasked: ReadonlySet<Verdict> = new Set(['could-not-check', 'not-applicable', 'blocked'])

/** How much was looked at: only a whole look may say that a waiver is of no use, or that a finding is gone. */
export interface Scope {
  readonly isWhole: boolean
  /** What was seen is kept for later looks. */
  readonly keeps: boolean
}

/** The results with all that can be said of each finding: what it means, since when, and who lives with it. */
export async function completeResults(ports: Ports, results: readonly CheckResult[], { isWhole, keeps }: Scope): Promise<CheckResult[]> {
  const nowMs = ports.clock.now()
  const today = new Date(nowMs).toISOString().slice(0, 10)
  const [{ waivers }, known] = await Promise.all([readWaivers(ports), readFirstSeen(ports)])
  const complete = (findings: readonly Finding[]) =>
    dateFindings(
      findings.map((finding) => waive(explainFinding(finding), waivers, today)),
      known,
      nowMs,
    )
  const found = results.flatMap(({ findings }) => findings)
  const unused = isWhole ? complete(findUnused(waivers, found, today)) : []
  const completed = results.map((result): CheckResult => {
    const findings = [...complete(result.findings), ...(result.id === 'waivers' ? unused : [])]
    const ran = !unasked.has(result.verdict)
    return { ...result, findings, ...(ran ? { verdict: toVerdict(findings) } : {}) }
  })
  if (keeps) await keepFirstSeen(ports, { findings: completed.flatMap(({ findings }) => findings), known, isWhole })
  return completed
}
