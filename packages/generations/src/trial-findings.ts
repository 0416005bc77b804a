import type { Finding, TrialDocument } from '@sanctum/contracts'
import type { TrialJudgement } from './judge-trial.ts'
import { toFinding } from './to-finding.ts'

/** What a person is told about a trial. Nothing where nothing is on trial. */
export function toTrialFindings(trial: TrialDocument | null, judgement: TrialJudgement): Finding[] {
  if (trial === null || judgement.kind === 'none') return []
  if (judgement.kind === 'waiting') return [toUnderWay(trial, describeTrial(trial, judgement))]
  return [judgement.kind === 'due' ? toOverdue(trial, judgement.why) : toRefused(trial, judgement.why)]
}

/** A trial in one clause, such as: trying generation 7 since 40 s; goes back to 6 in 50 s. */
export function describeTrial({ generation, goal, state, why }: TrialDocument, judgement: TrialJudgement): string {
  const reason = why === null ? '' : `: ${why}`
  switch (judgement.kind) {
    case 'none':
      return 'nothing is on trial'
    case 'waiting':
      return state === 'reverting'
        ? `going back from generation ${generation} to ${goal} since ${toSeconds(judgement.sinceMs)}${reason}`
        : `trying generation ${generation} since ${toSeconds(judgement.sinceMs)}; goes back to ${goal} in ${toSeconds(judgement.leftMs)} unless confirmed`
    case 'due':
      return `generation ${generation} has to go back to ${goal}: ${judgement.why}`
    case 'stuck':
      return `generation ${generation} is not well and stays: ${judgement.why}`
  }
}

/** A generation that cannot be left although it is not well, and why. */
export function toRefused({ generation, goal, because }: TrialDocument, why: string): Finding {
  return toFinding('REVERT_REFUSED', {
    subject: `generation ${generation}`,
    message: `generation ${generation} is not well, and generation ${goal} cannot come back: ${why}`,
    evidence: { expected: `generation ${goal} back`, observed: because.length === 0 ? why : because.join('; ') },
    fix: { text: 'Mend what is named here and in the catalog, then bring the haus up.', command: 'sanctumctl up', safe: true },
  })
}

/** A generation that is not well where none was ever confirmed. */
export function toNoWayBack(generation: number): Finding {
  return toFinding('NO_WAY_BACK', {
    subject: `generation ${generation}`,
    message: `nothing was ever confirmed on this machine, so there is no generation to go back to; generation ${generation} stays, unconfirmed`,
    evidence: { expected: 'a generation that was confirmed', observed: 'none' },
    fix: { text: 'Mend what is named beside this, then bring the haus up again.', command: 'sanctumctl up', safe: true },
  })
}

/** A generation that was taken back, and why. */
export function toReverted({ generation, goal, because }: Pick<TrialDocument, 'generation' | 'goal' | 'because'>, why: string): Finding {
  return toFinding('GENERATION_REVERTED', {
    subject: `generation ${generation}`,
    message: `generation ${generation} was taken back and generation ${goal} holds again: ${[why, ...because].join('; ')}`,
    evidence: { expected: `generation ${generation} well and confirmed`, observed: because.length === 0 ? why : because.join('; ') },
    fix: { text: 'Mend this in the catalog, then bring the haus up.', command: 'sanctumctl up', safe: true },
  })
}

function toUnderWay({ generation }: TrialDocument, message: string): Finding {
  return toFinding('TRIAL_UNDER_WAY', {
    subject: `generation ${generation}`,
    message,
    evidence: { expected: `generation ${generation} confirmed`, observed: 'it is being tried' },
    fix: { text: 'Wait until it is proven, or go back at once.', command: 'sanctumctl revert --now' },
  })
}

function toOverdue({ generation, goal, because }: TrialDocument, why: string): Finding {
  return toFinding('TRIAL_OVERDUE', {
    subject: `generation ${generation}`,
    message: `generation ${generation} was not confirmed and generation ${goal} is not back yet: ${[why, ...because].join('; ')}`,
    evidence: { expected: `generation ${generation} confirmed, or generation ${goal} back`, observed: 'neither' },
    fix: { text: 'Go back now.', command: 'sanctumctl revert', safe: true },
  })
}

function toSeconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
