import type { Finding } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'

/** Said where a command only writes down what the watchdog has to do. */
export function findWatchdogAbsent({ isWatched }: Pick<Ports, 'isWatched'>, what: string): Finding[] {
  if (isWatched()) return []
  return [
    {
      code: 'WATCHDOG_ABSENT',
      severity: 'warning',
      message: `the watchdog does not run, so ${what} until it does`,
      subject: 'watchdog',
      evidence: { expected: 'a watchdog that runs', observed: 'none' },
      fix: { text: 'Start what is wanted here, the watchdog among it.', command: 'sanctumctl up', safe: true },
    },
  ]
}
