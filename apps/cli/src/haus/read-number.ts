import { UsageProblem } from '../command.ts'

/** The number of a generation as typed. */
export function readNumber(given: string): number {
  if (/^[1-9]\d{0,9}$/.test(given)) return Number(given)
  throw new UsageProblem(`${given} is no number of a generation`, 'sanctumctl generations list shows the numbers.')
}
