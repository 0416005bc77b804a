import type { FindingCode } from './finding-code.ts'

/** Codes about commit, publish, drift, roll back. */
export const generationCodes = {} as const satisfies Record<string, FindingCode>
