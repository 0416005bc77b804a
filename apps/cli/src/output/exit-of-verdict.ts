import type { ExitName, Verdict } from '@sanctum/contracts'

const exits: Readonly<Record<Verdict, ExitName>> = {
  healthy: 'ok',
  // Nothing runs, because a person took it down.
  'not-applicable': 'problems',
  drift: 'pending',
  failed: 'problems',
  blocked: 'problems',
  'could-not-check': 'problems',
}

/** The exit of a command whose answer is one verdict. */
export function exitOfVerdict(verdict: Verdict): ExitName {
  return exits[verdict]
}
