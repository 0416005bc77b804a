import { REVISION_FILE } from '@sanctum/contracts'

/** Where an upgrade keeps what it makes, below SANCTUM_HOME. */
export interface UpgradeLayout {
  readonly record: string
  readonly receipts: string
  readonly receipt: string
  readonly lock: string
  readonly versions: string
  version(revision: string): string
}

export function upgradeLayout(home: string): UpgradeLayout {
  return {
    record: `${home}/state/upgrade.json`,
    receipts: `${home}/state/receipts`,
    receipt: `${home}/state/receipts/upgrade.json`,
    lock: `${home}/state/upgrade.lock`,
    versions: `${home}/versions`,
    version: (revision) => `${home}/versions/${revision}`,
  }
}

/** In the folder of a built revision; written last, so that it is whole where this is. */
export const VERSION_FILE = REVISION_FILE
/** In the checkout: which built revision its launcher starts while nothing in the checkout has changed since. */
export const ADOPTED_FILE = '.toolchain/adopted'
