import {
  type Check,
  type CheckOutcome,
  type CheckResult,
  Fault,
  type Finding,
  type FindingCode,
  findingCodes,
  hasErrors,
  type Verdict,
} from '@sanctum/contracts'
import { Blocked } from './blocked.ts'

export interface CheckRun {
  /** A monotonic clock in ms. */
  readonly now: () => number
  /** When what has not answered could not be checked; `pause` ends early once all have. */
  readonly deadline?: { readonly ms: number; readonly pause: (ms: number, signal: AbortSignal) => Promise<void> }
  /** One after the other, for what is watched while it runs. */
  readonly inOrder?: boolean
  readonly onResult?: (result: CheckResult) => void
}

/**
 * Runs checks side by side, or in order, and keeps their order. A check that throws a Fault could not be made, and one that throws Blocked
 * waits for another; any other throw is a bug and is thrown on.
 */
export async function runChecks<Context>(
  checks: readonly Check<Context>[],
  context: Context,
  { now, deadline, inOrder = false, onResult }: CheckRun,
): Promise<CheckResult[]> {
  const finished = new AbortController()
  const over = deadline === undefined ? null : toOver(deadline, finished.signal)
  const run = async (check: Check<Context>): Promise<CheckResult> => {
    const started = now()
    const outcome = await (over === null ? runOne(check, context) : Promise.race([runOne(check, context), over]))
    const result = toResult(check, outcome, Math.round(now() - started))
    onResult?.(result)
    return result
  }
  try {
    if (!inOrder) return await Promise.all(checks.map(run))
    const results: CheckResult[] = []
    for (const check of checks) results.push(await run(check))
    return results
  } finally {
    finished.abort()
  }
}

async function toOver({ ms, pause }: NonNullable<CheckRun['deadline']>, finished: AbortSignal): Promise<CheckOutcome> {
  await pause(ms, finished)
  return { kind: 'could-not-check', reason: `no answer within the ${ms / 1000} s of the whole run` }
}

async function runOne<Context>(check: Check<Context>, context: Context): Promise<CheckOutcome> {
  try {
    return await check.run(context)
  } catch (error) {
    if (error instanceof Blocked) return { kind: 'blocked', reason: error.message }
    if (error instanceof Fault) return { kind: 'could-not-check', reason: `${error.message}. ${error.hint}` }
    throw error
  }
}

function toResult<Context>({ id, title }: Check<Context>, outcome: CheckOutcome, duration_ms: number): CheckResult {
  const findings = 'findings' in outcome ? [...(outcome.findings ?? [])] : []
  const base = { id, title, verdict: outcome.kind === 'ran' ? toVerdict(findings) : outcome.kind, findings, duration_ms }
  if (outcome.kind !== 'ran') return { ...base, reason: outcome.reason }
  return outcome.proof === undefined ? base : { ...base, proof: outcome.proof }
}

/** What the findings of a check come to; a waived one counts for nothing. */
export function toVerdict(all: readonly Finding[]): Verdict {
  const findings = all.filter(({ waiver }) => waiver === undefined)
  if (hasErrors(findings))
    return findings.some(({ severity, code }) => severity === 'error' && !onlyDifferent.has(code)) ? 'failed' : 'drift'
  return findings.some(({ severity }) => severity === 'warning') ? 'drift' : 'healthy'
}

/** Findings that say only that the machine differs from what was committed or from the catalog. */
const onlyDifferent: ReadonlySet<string> = new Set(
  Object.entries(findingCodes).flatMap(([code, row]: [string, FindingCode]) => (row.exit === 'pending' ? [code] : [])),
)
