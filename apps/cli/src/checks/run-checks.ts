import {
  type Check,
  type CheckOutcome,
  type CheckResult,
  Fault,
  type FindingCode,
  findingCodes,
  hasErrors,
  type Verdict,
} from '@sanctum/contracts'

/**
 * Runs checks side by side and keeps their order. A check that throws a Fault could not be made; any other throw is a bug
 * and is thrown on. `now` is a monotonic clock in ms.
 */
export async function runChecks<Context>(checks: readonly Check<Context>[], context: Context, now: () => number): Promise<CheckResult[]> {
  return Promise.all(
    checks.map(async (check) => {
      const started = now()
      const outcome = await runOne(check, context)
      return toResult(check, outcome, Math.round(now() - started))
    }),
  )
}

async function runOne<Context>(check: Check<Context>, context: Context): Promise<CheckOutcome> {
  try {
    return await check.run(context)
  } catch (error) {
    if (error instanceof Fault) return { kind: 'could-not-check', reason: `${error.message}. ${error.hint}` }
    throw error
  }
}

function toResult<Context>({ id, title }: Check<Context>, outcome: CheckOutcome, duration_ms: number): CheckResult {
  const base = { id, title, verdict: verdictOf(outcome), findings: outcome.kind === 'ran' ? [...outcome.findings] : [], duration_ms }
  return outcome.kind === 'ran' ? base : { ...base, reason: outcome.reason }
}

function verdictOf(outcome: CheckOutcome): Verdict {
  if (outcome.kind !== 'ran') return outcome.kind
  if (hasErrors(outcome.findings))
    return outcome.findings.some(({ severity, code }) => severity === 'error' && !onlyDifferent.has(code)) ? 'failed' : 'drift'
  return outcome.findings.some(({ severity }) => severity === 'warning') ? 'drift' : 'healthy'
}

/** Findings that say only that the machine differs from what was committed or from the catalog. */
const onlyDifferent: ReadonlySet<string> = new Set(
  Object.entries(findingCodes).flatMap(([code, row]: [string, FindingCode]) => (row.exit === 'pending' ? [code] : [])),
)
