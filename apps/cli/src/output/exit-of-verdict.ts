import type { ExitName, Verdict } from '@sanctum/contracts'

const exits: Readonly<Record<Verdict, ExitName>> = {
  healthy: 'ok',
  'not-applicable': 'ok',
  drift: 'pending',
  failed: 'problems',
  blocked: 'problems',
  'could-not-check': 'problems',
}

/** The exit of a command whose answer is one verdict. */
export function exitOfVerdict(verdict: Verdict): ExitName {
  return exits[verdict]
}
