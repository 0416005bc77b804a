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
      fix: { text: 'Mend it in a new revision, then try again.', command: 'sanctumctl upgrade --plan', safe: true },
    }),
  ]
}

export function toTakenBack({ kind, from, to, step }: UpgradeDocument): Finding {
  return toFinding('UPGRADE_TAKEN_BACK', {
    message: `the ${kind} to ${toShort(to)} was cut off at ${step ?? 'its beginning'} and was taken back: ${toShort(from)} holds`,
    subject: kind,
    fix: { text: 'Try again.', command: `sanctumctl ${kind === 'upgrade' ? 'upgrade' : `rollback --to ${toShort(to)}`}` },
  })
}

export function toFinished({ kind, to }: UpgradeDocument): Finding {
  return toFinding('UPGRADE_FINISHED', {
    message: `the ${kind} to ${toShort(to)} was cut off after it was confirmed; its checkout has followed now`,
    subject: kind,
  })
}

export function toLeft({ checkout, to }: Pick<UpgradeDocument, 'checkout' | 'to'>, why: string): Finding {
  return toFinding('CHECKOUT_LEFT', {
    message: `${toShort(to)} runs and is confirmed, but the checkout could not follow: ${why}`,
    subject: checkout,
    fix: { text: 'Look at the checkout.', command: 'git status' },
  })
}

/** What doctor says of the record. */
export function toUpgradeFindings(run: UpgradeDocument | null, judgement: UpgradeJudgement): Finding[] {
  if (run === null || judgement.kind === 'none' || judgement.kind === 'running') return []
  const what = judgement.kind === 'finish' ? 'and has to be finished' : 'and has to be taken back'
  return [
    toFinding('UPGRADE_UNFINISHED', {
      message: `the ${run.kind} to ${toShort(run.to)} was cut off at ${run.step ?? 'its beginning'} ${what}`,
      subject: run.kind,
      fix: { text: 'Put it in order.', command: 'sanctumctl revert', safe: true },
    }),
  ]
}

export function toNoCheckout(root: string): Finding {
  return toFinding('UPGRADE_NO_CHECKOUT', {
    message: `${root} is no checkout with a history, so there is no revision to go to`,
    subject: root,
    fix: { text: 'Run tools/sanctumctl of a clone, or install the next release.' },
  })
}
