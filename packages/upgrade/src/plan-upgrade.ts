import type { ChangeClass, UpgradeKind, UpgradeStep } from '@sanctum/contracts'

export interface UpgradePlanInput {
  readonly kind: UpgradeKind
  readonly change: ChangeClass
  readonly docsChanged: boolean
  /** The revision is in `versions/` already, whole. */
  readonly isBuilt: boolean
  /** An older generation is to hold again, whose programs are there, whole; nothing is built and nothing is rendered. */
  readonly isKept: boolean
  /** A generation was asked for by its number, so one has to come to hold whatever changed. */
  readonly isByNumber?: boolean
}

/** The steps in their order. What is left out has nothing to do here. The checkout follows last, because nothing after it could fail. */
export function planUpgrade({ kind, change, docsChanged, isBuilt, isKept, isByNumber = isKept }: UpgradePlanInput): readonly UpgradeStep[] {
  const made: readonly UpgradeStep[] = isBuilt || isKept ? [] : ['install', 'build']
  if (!isByNumber && change === 'none') return ['fast-forward']
  // Documentation that was there before has been built before.
  if (!isByNumber && change === 'docs') return kind === 'upgrade' ? [...made, 'docs', 'doctor', 'fast-forward'] : ['doctor', 'fast-forward']
  const rendered: readonly UpgradeStep[] = isKept ? ['swap'] : ['render', 'swap']
  const docs: readonly UpgradeStep[] = docsChanged && kind === 'upgrade' ? ['docs'] : []
  return [...made, ...rendered, 'doctor', 'verify', ...docs, 'confirm', 'fast-forward']
}
