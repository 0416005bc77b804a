import type { Finding, UpgradeDocument } from '@sanctum/contracts'
import type { UpgradeJudgement } from './judge-upgrade.ts'
import { toShort } from './revision.ts'
import { toFinding } from './to-finding.ts'

/** What a step that failed is told as. */
export function toStepFailed({ kind, to, steps }: UpgradeDocument): Finding[] {
  const failed = steps.find(({ outcome }) => outcome === 'failed')
  if (failed === undefined) return []
  return [
    toFinding('UPGRADE_STEP_FAILED', {
      message: `${kind} to ${toShort(to)} failed at ${failed.step}: ${failed.says ?? 'no reason was given'}`,
      subject: failed.step,
      evidence: { expected: `${failed.step} comes to its end`, observed: failed.says ?? 'it failed' },
      fix: { text: 'Mend it in a new revision, then try again.', command: 'sanctumctl upgrade --plan', safe: true },
    }),
  ]
}

/** The command that an upgrade was asked for by, with what it was told to pass over. */
export function toCommand({ kind, to, despite }: Pick<UpgradeDocument, 'kind' | 'to' | 'despite'>): string {
  return [`sanctumctl ${kind} --to ${toShort(to)}`, ...despite.map((id) => `--despite ${id}`)].join(' ')
}

export function toTakenBack(run: UpgradeDocument): Finding {
  const { kind, from, to, step } = run
  return toFinding('UPGRADE_TAKEN_BACK', {
    message: `the ${kind} to ${toShort(to)} was cut off at ${step ?? 'its beginning'} and was taken back: ${toShort(from)} holds`,
    subject: kind,
    evidence: { expected: `${toShort(to)} holds`, observed: `${toShort(from)} holds` },
    fix: { text: 'Try again.', command: toCommand(run) },
  })
}

export function toFinished({ kind, to }: UpgradeDocument): Finding {
  return toFinding('UPGRADE_FINISHED', {
    message: `the ${kind} to ${toShort(to)} was cut off after it was confirmed; its checkout has followed now`,
    subject: kind,
    evidence: { expected: `a ${kind} that comes to its end`, observed: `one that was cut off before its checkout followed` },
  })
}

export function toLeft({ checkout, to }: Pick<UpgradeDocument, 'checkout' | 'to'>, why: string): Finding {
  return toFinding('CHECKOUT_LEFT', {
    message: `${toShort(to)} runs and is confirmed, but the checkout could not follow: ${why}`,
    subject: checkout,
    evidence: { expected: `a checkout at ${toShort(to)}`, observed: why },
    fix: { text: 'Make way for it in the checkout, then have it follow.', command: 'sanctumctl revert' },
  })
}

/** A program that the checkout shows, beside the confirmed one that it could not follow. */
export function toLeftCode(run: UpgradeDocument, why: string): Finding {
  const { to, checkout } = run
  return toFinding('UPGRADE_LEFT_CODE', {
    message: `${toShort(to)} is confirmed, and this program is of another revision, because the checkout could not follow: ${why}`,
    subject: checkout,
    evidence: { expected: `a program of ${toShort(to)}`, observed: why },
    fix: {
      text: 'Make way for it in the checkout, or go there by revision.',
      command: toCommand(run),
    },
  })
}

/** A way back that failed. What holds is named by status. */
export function toNotTakenBack({ kind, from, to }: UpgradeDocument, why: string): Finding {
  return toFinding('UPGRADE_STUCK', {
    message: `the ${kind} to ${toShort(to)} was cut off and could not be taken back: ${why}`,
    subject: kind,
    evidence: { expected: `${toShort(from)} holds again`, observed: why },
    fix: { text: 'Mend what is in the way, then go back.', command: 'sanctumctl revert --now' },
  })
}

/** What doctor says of the record. */
export function toUpgradeFindings(run: UpgradeDocument | null, judgement: UpgradeJudgement): Finding[] {
  if (run === null || judgement.kind === 'none' || judgement.kind === 'running') return []
  if (judgement.kind === 'left') return [toLeft(run, run.why ?? 'it stayed where it is')]
  const what = judgement.kind === 'finish' ? 'and has to be finished' : 'and has to be taken back'
  return [
    toFinding('UPGRADE_UNFINISHED', {
      message: `the ${run.kind} to ${toShort(run.to)} was cut off at ${run.step ?? 'its beginning'} ${what}`,
      subject: run.kind,
      evidence: { expected: 'it is confirmed or taken back', observed: `it stands at ${run.step ?? 'its beginning'}` },
      fix: { text: 'Put it in order.', command: 'sanctumctl revert', safe: true },
    }),
  ]
}

/** The record is there and says nothing. Who goes back sets it aside. */
export function toRecordDamaged(record: string, why: string): Finding {
  return toFinding('UPGRADE_RECORD_DAMAGED', {
    message: `the record of the last upgrade cannot be read: ${why}`,
    subject: record,
    evidence: { expected: 'a record that can be read', observed: why },
    fix: { text: 'Go back from what is on trial, if anything is, and set the record aside.', command: 'sanctumctl revert', safe: true },
  })
}

export function toRecordSetAside(record: string, { why, aside }: { readonly why: string; readonly aside: string }): Finding {
  return toFinding('UPGRADE_RECORD_SET_ASIDE', {
    message: `the record of the last upgrade could not be read (${why}); it lies in ${aside} now`,
    subject: record,
    evidence: { expected: 'a record that can be read', observed: why },
    fix: { text: 'Look whether the checkout is whole, and whether the haus is well.', command: 'sanctumctl doctor', safe: true },
  })
}

export function toNoCheckout(root: string): Finding {
  return toFinding('UPGRADE_NO_CHECKOUT', {
    message: `${root} is no checkout with a history, so there is no revision to go to`,
    subject: root,
    evidence: { expected: 'a git checkout', observed: 'a folder without a history' },
    fix: {
      text: 'Unpack the next release beside this one and run its own sanctumctl up; rollback comes back here. Or use tools/sanctumctl of a clone.',
      command: 'sanctumctl release verify DIR',
    },
  })
}
