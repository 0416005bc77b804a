import type { ChangeClass, UpgradeKind, UpgradeStep } from '@sanctum/contracts'

export interface UpgradePlanInput {
  readonly kind: UpgradeKind
  readonly change: ChangeClass
  readonly docsChanged: boolean
  /** The revision is in `versions/` already, whole. */
  readonly isBuilt: boolean
  /** An older generation is to hold again; nothing is rendered. */
  readonly isKept: boolean
}

/** The steps in their order. What is left out has nothing to do here. The checkout follows last, because nothing after it could fail. */
export function planUpgrade({ kind, change, docsChanged, isBuilt, isKept }: UpgradePlanInput): readonly UpgradeStep[] {
  const made: readonly UpgradeStep[] = isBuilt ? [] : ['install', 'build']
  if (change === 'docs' && kind === 'upgrade') return [...made, 'docs', 'doctor', 'fast-forward']
  const rendered: readonly UpgradeStep[] = isKept ? ['swap'] : ['render', 'swap']
  const docs: readonly UpgradeStep[] = docsChanged && kind === 'upgrade' ? ['docs'] : []
  return [...made, ...rendered, 'doctor', 'verify', ...docs, 'confirm', 'fast-forward']
}
