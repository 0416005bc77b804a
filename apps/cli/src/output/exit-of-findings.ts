import { type ExitName, type Finding, type FindingCode, findingCodes } from '@sanctum/contracts'

/** Where several findings close a command with different codes, the one nearest to the root of the matter speaks. */
const precedence: readonly ExitName[] = [
  'usage',
  'hostConfig',
  'invalid',
  'permission',
  'cannotWrite',
  'locked',
  'unavailable',
  'problems',
  'pending',
]

/** The exit that these findings ask for: `ok` unless one of them is an error that nobody waived. */
export function exitOfFindings(findings: readonly Finding[]): ExitName {
  const asked = new Set(findings.filter(({ severity, waiver }) => severity === 'error' && waiver === undefined).map(exitOf))
  return precedence.find((exit) => asked.has(exit)) ?? 'ok'
}

function exitOf({ code }: Finding): ExitName {
  const known: Readonly<Record<string, FindingCode>> = findingCodes
  return known[code]?.exit ?? 'problems'
}
