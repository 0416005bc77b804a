import type { FindingCode } from './finding-code.ts'

/** Codes about facts, layers and resolution. */
export const hostCodes = {} as const satisfies Record<string, FindingCode>
