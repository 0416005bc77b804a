import type { FindingCode } from './finding-code.ts'

/** Codes about what runs: units, ports, probes, doctor. */
export const operationCodes = {} as const satisfies Record<string, FindingCode>
