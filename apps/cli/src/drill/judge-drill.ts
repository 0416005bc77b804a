import type { Finding } from '@sanctum/contracts'
import type { DrillRecord } from './perform-drill.ts'

/** What a drill showed that must not be so: no recovery, or a recovery at the cost of others. */
export function judgeDrill({
  target,
  recovered_ms,
  disturbed,
  fault,
}: Pick<DrillRecord, 'target' | 'recovered_ms' | 'disturbed' | 'fault'>): Finding[] {
  const logs = { text: 'Read what the watchdog did.', command: 'sanctumctl logs watchdog', safe: true }
  const problem = (message: string, evidence: NonNullable<Finding['evidence']>): Finding => ({
    code: 'DRILL_FAILED',
    severity: 'error',
    message,
    subject: target,
    evidence,
    fix: logs,
  })
  return [
    ...(recovered_ms === null
      ? [problem(`${target} did not come back by itself after ${fault}`, { expected: `${target} well again`, observed: 'it is not' })]
      : []),
    ...(disturbed.length === 0
      ? []
      : [
          problem(
            `${disturbed.join(', ')} lost ${disturbed.length === 1 ? 'its process' : 'their processes'} although nothing was wrong there`,
            { expected: 'the processes from before', observed: `others of ${disturbed.join(', ')}` },
          ),
        ]),
  ]
}
