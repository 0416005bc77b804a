import { catalogCodes } from './finding-codes/catalog.ts'
import { contractCodes } from './finding-codes/contracts.ts'
import { docsCodes } from './finding-codes/docs.ts'
import { doctorCodes } from './finding-codes/doctor.ts'
import { driftCodes } from './finding-codes/drift.ts'
import type { FindingCode } from './finding-codes/finding-code.ts'
import { generationCodes } from './finding-codes/generations.ts'
import { hostCodes } from './finding-codes/host.ts'
import { operationCodes } from './finding-codes/operation.ts'
import { releaseCodes } from './finding-codes/release.ts'
import { renderCodes } from './finding-codes/render.ts'
import { routerCodes } from './finding-codes/router.ts'
import { stabilityCodes } from './finding-codes/stability.ts'
import { upgradeCodes } from './finding-codes/upgrade.ts'

/** Every finding code of Sanctum. A code without a case in the tests of its package fails those tests. */
export const findingCodes = {
  ...catalogCodes,
  ...hostCodes,
  ...renderCodes,
  ...generationCodes,
  ...operationCodes,
  ...driftCodes,
  ...docsCodes,
  ...doctorCodes,
  ...routerCodes,
  ...stabilityCodes,
  ...upgradeCodes,
  ...contractCodes,
  ...releaseCodes,
} as const satisfies Record<string, FindingCode>

export type FindingCodeName = keyof typeof findingCodes
