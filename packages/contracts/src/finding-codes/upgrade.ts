import type { FindingCode } from './finding-code.ts'

/** Codes about upgrades, and the way back from one. */
export const upgradeCodes = {
  UPGRADE_WINDOW_ACTIVE: {
    severity: 'error',
    title: 'a stability window is under way',
    impact: 'A change of the code in the middle of it would make its days prove nothing.',
    remedy: 'Wait until the window is complete, or end it with stability abort; --despite stability-window passes it over.',
    exit: 'problems',
  },
  UPGRADE_DOCTOR_RED: {
    severity: 'error',
    title: 'doctor --quick is red',
    impact: 'Trouble that is there already could not be told from trouble that the upgrade brings.',
    remedy: 'Mend what sanctumctl doctor --quick names; --despite doctor-red passes it over.',
    exit: 'problems',
  },
  UPGRADE_ON_DRIFT: {
    severity: 'error',
    title: 'this machine differs from its generation',
    impact: 'An upgrade on top of known drift hides what differed and why.',
    remedy: 'See sanctumctl drift and resolve it, mostly with sanctumctl up; --despite runtime-drift passes it over.',
    exit: 'problems',
  },
  UPGRADE_DOCS_RED: {
    severity: 'error',
    title: 'the documentation of this checkout does not build',
    impact: 'Whoever has to look something up during the upgrade reads what is not true.',
    remedy: 'Mend what sanctumctl docs check names; --despite docs-red passes it over.',
    exit: 'problems',
  },
  UPGRADE_CHECKOUT_DIRTY: {
    severity: 'error',
    title: 'the checkout has changes that are not committed',
    impact: 'They are in no revision, so the upgrade would leave them behind or run into them at its end.',
    remedy: 'Commit them or put them away; --despite checkout-dirty passes it over.',
    exit: 'problems',
  },
  UPGRADE_CHECKOUT_DIVERGED: {
    severity: 'error',
    title: 'the checkout has commits that the new revision does not have',
    impact: 'The checkout cannot follow by fast-forward, and what runs would lose those commits.',
    remedy: 'Rebase or merge them first; --despite checkout-diverged passes it over and leaves the checkout where it is.',
    exit: 'problems',
  },
  UPGRADE_LEASE_OPEN: {
    severity: 'error',
    title: 'somebody works on services of this machine',
    impact: 'An upgrade restarts services and would take away what they are working on.',
    remedy: 'Wait until the lease ends, or close it; --despite lease-open passes it over.',
    exit: 'problems',
  },
  UPGRADE_DESPITE: {
    severity: 'warning',
    title: 'a refusal was passed over',
    impact: 'The upgrade goes on although something speaks against it; journal and receipt say who was passed over.',
    remedy: 'Look into it afterwards.',
  },
  UPGRADE_UNCHECKED: {
    severity: 'warning',
    title: 'something that may speak against an upgrade could not be looked at',
    impact: 'The upgrade goes on without that answer.',
    remedy: 'Run the command that the finding names.',
  },
  UPGRADE_NO_CHECKOUT: {
    severity: 'error',
    title: 'this program does not run from a checkout',
    impact: 'There are no revisions to choose from.',
    remedy: 'Install the next release over this one, or run tools/sanctumctl of a clone.',
    exit: 'unavailable',
  },
  UPGRADE_STEP_FAILED: {
    severity: 'error',
    title: 'a step of an upgrade failed',
    impact: 'The revision and the generation from before hold, unless a finding beside this says otherwise.',
    remedy: 'Mend what the finding names in the new revision, then run sanctumctl upgrade again.',
    exit: 'reverted',
  },
  UPGRADE_TAKEN_BACK: {
    severity: 'warning',
    title: 'an upgrade that was cut off was taken back',
    impact: 'The revision and the generation from before hold.',
    remedy: 'Run sanctumctl upgrade again.',
  },
  UPGRADE_FINISHED: {
    severity: 'info',
    title: 'an upgrade that was cut off after it was confirmed was finished',
    impact: 'None: the checkout has followed.',
    remedy: 'Nothing to do.',
  },
  UPGRADE_UNFINISHED: {
    severity: 'warning',
    title: 'an upgrade ended in the middle',
    impact: 'Code, generation and checkout may be of different revisions until the next command puts that in order.',
    remedy: 'Run sanctumctl revert; it takes the upgrade back, or finishes one that was confirmed.',
  },
  CHECKOUT_LEFT: {
    severity: 'warning',
    title: 'the checkout could not follow',
    impact: 'What runs is proven and confirmed; the checkout still shows another revision.',
    remedy: 'Look at git status in the checkout, then move it by hand.',
  },
} as const satisfies Record<string, FindingCode>
