import { type Finding, type FindingCodeName, findingCodes, nearestNames, type Position } from '@sanctum/contracts'

interface Problem {
  readonly at: Position
  readonly message: string
  readonly fix: string
  readonly command?: string
  readonly expected?: string
  readonly observed?: string
}

/** A finding of a rule, with what it means for the reader of the page. */
export function toProblem(code: FindingCodeName, { at, message, fix, command, expected, observed }: Problem): Finding {
  const evidence = { ...(expected === undefined ? {} : { expected }), ...(observed === undefined ? {} : { observed }) }
  return {
    code,
    severity: findingCodes[code].severity,
    message,
    at,
    fix: { text: fix, ...(command === undefined ? {} : { command }) },
    impact: findingCodes[code].impact,
    ...(Object.keys(evidence).length === 0 ? {} : { evidence }),
  }
}

/** `Did you mean …?` or another sentence where nothing is near. */
export function suggest(word: string, known: readonly string[], otherwise: string): string {
  const near = nearestNames(word, known)
  return near.length === 0 ? otherwise : `Did you mean ${near.join(' or ')}?`
}
