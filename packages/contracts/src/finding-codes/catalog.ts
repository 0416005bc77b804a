import type { FindingCode } from './finding-code.ts'

/** Codes about text and meaning of a checked-in catalog. */
export const catalogCodes = {} as const satisfies Record<string, FindingCode>
