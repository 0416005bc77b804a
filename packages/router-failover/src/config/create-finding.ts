import { type catalogCodes, type Finding, findingCodes, type Position, type routerCodes, scrub } from '@sanctum/contracts'

/** The codes of this package: those of a router, and those about text and form that every file of Sanctum shares. */
export type RouterCode = keyof typeof routerCodes | keyof typeof catalogCodes

/** A finding of this package. Severity comes from the table; known secrets are removed from what is said. */
export function createFinding(code: RouterCode, at: Position | undefined, message: string, fix: string): Finding {
  return {
    code,
    severity: findingCodes[code].severity,
    message: scrub(message),
    ...(at === undefined ? {} : { at }),
    fix: { text: scrub(fix) },
  }
}
