import type { UpgradeDocument } from '@sanctum/contracts'
import { isSwapping } from './reduce-upgrade.ts'

/** What the record of an upgrade is judged by. */
export interface UpgradeMoment {
  readonly isRunnerAlive: boolean
  /** What the pointers name; null where one names nothing. */
  readonly current: number | null
  readonly confirmed: number | null
}

export type UpgradeJudgement =
  /** None was begun, or the last one has ended. */
  | { readonly kind: 'none' }
  /** Its process is at work. */
  | { readonly kind: 'running' }
  /** It was cut off after it was proven: only the checkout has to follow. */
  | { readonly kind: 'finish' }
  /** It is proven and confirmed, and the checkout could not follow yet. */
  | { readonly kind: 'left' }
  /** It was cut off before: what held before has to hold. `isBack`: it does already. */
  | { readonly kind: 'take-back'; readonly isBack: boolean }

/** What is to become of an upgrade that the record tells of. */
export function judgeUpgrade(run: UpgradeDocument | null, { isRunnerAlive, current, confirmed }: UpgradeMoment): UpgradeJudgement {
  if (run?.outcome === 'unfinished') return { kind: 'left' }
  if (run === null || run.outcome !== null) return { kind: 'none' }
  if (isRunnerAlive) return { kind: 'running' }
  const { step, generation, before } = run
  if (step === 'fast-forward') return { kind: 'finish' }
  // The record is written before the pointer moves, so a confirmation may have come to hold without a word of it here.
  if (step === 'confirm' && generation !== null && confirmed === generation) return { kind: 'finish' }
  return { kind: 'take-back', isBack: !isSwapping(run) || current === before }
}
