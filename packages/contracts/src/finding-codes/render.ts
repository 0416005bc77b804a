import type { FindingCode } from './finding-code.ts'

/** Codes about surfaces and their targets. */
export const renderCodes = {} as const satisfies Record<string, FindingCode>
