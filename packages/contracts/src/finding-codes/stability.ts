import type { FindingCode } from './finding-code.ts'

/** Codes about stability windows, and about what a person asks of the watchdog. */
export const stabilityCodes = {
  STABILITY_NO_POLICY: {
    severity: 'error',
    title: 'the catalog says nothing about a stability window',
    impact: 'Nobody knows what would have to be clean, and for how long.',
    remedy: 'Write a stability_window.yaml into the catalog.',
    exit: 'invalid',
  },
  STABILITY_POLICY_CHANGED: {
    severity: 'warning',
    title: 'the policy was changed since the window was started',
    impact: 'The window goes by the policy of its start; what was added since is not recorded.',
    remedy: 'Start another window if the new policy is to count.',
  },
  STABILITY_NONE: {
    severity: 'error',
    title: 'no stability window is under way',
    impact: 'There is no evidence that the haus was calm.',
    remedy: 'Run sanctumctl stability start.',
    exit: 'problems',
  },
  STABILITY_DAMAGED: {
    severity: 'error',
    title: 'a row of the stability ledger was changed or removed',
    impact: 'The ledger proves nothing any more, whatever else it says, and nothing is added to it.',
    remedy: 'Move the ledger away and start another window.',
    exit: 'problems',
  },
  STABILITY_RED: {
    severity: 'error',
    title: 'a required check was red in the window',
    impact: 'The window is over: a red ends it and does not pause it.',
    remedy: 'Mend what the finding names, then start another window.',
    exit: 'problems',
  },
  STABILITY_GAP: {
    severity: 'error',
    title: 'nothing was recorded for longer than the policy allows',
    impact: 'Nobody knows whether the haus was calm meanwhile, so the window is over.',
    remedy: 'See that the watchdog runs, then start another window.',
    exit: 'problems',
  },
  STABILITY_DAY_MISSING: {
    severity: 'error',
    title: 'a full day of the window has no record of a required check',
    impact: 'That day cannot be counted, so the window cannot be completed.',
    remedy: 'See why the check could not be run, then start another window.',
    exit: 'problems',
  },
  STABILITY_EARLY: {
    severity: 'error',
    title: 'the window has not lasted long enough',
    impact: 'The days that are left may still be red.',
    remedy: 'Wait; sanctumctl stability status says how long.',
    exit: 'problems',
  },
  STABILITY_UNCLEAN: {
    severity: 'error',
    title: 'a required command is not clean now',
    impact: 'Whatever the days before were, the haus is not well at this moment.',
    remedy: 'Run the command that the finding names and mend what it says.',
    exit: 'problems',
  },
  WATCHDOG_ABSENT: {
    severity: 'warning',
    title: 'the watchdog does not run',
    impact: 'What was asked for is written down, and nothing happens until a watchdog reads it.',
    remedy: 'Run sanctumctl up.',
  },
} as const satisfies Record<string, FindingCode>
