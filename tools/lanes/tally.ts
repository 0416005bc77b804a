/** What a lane counted. A problem is a failure that is no test: a file that did not load, an error nobody caught, a failed set-up. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly Skip[]
  readonly problems: readonly string[]
}

export interface Skip {
  readonly test: string
  readonly reason: string
}

export const emptyTally: Tally = { passed: 0, failed: 0, skipped: [], problems: [] }

export function addTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: [...sum.skipped, ...one.skipped],
      problems: [...sum.problems, ...one.problems],
    }),
    emptyTally,
  )
}

/** The counts behind the closing line. Where a skip must not pass (CI), it is counted as failed. */
export function verdictOf(tally: Tally, { skipIsFailure }: { skipIsFailure: boolean }): { passed: number; failed: number; line: string } {
  const failed = tally.failed + tally.problems.length + (skipIsFailure ? tally.skipped.length : 0)
  return { passed: tally.passed, failed, line: `${tally.passed} passed, ${failed} failed` }
}
