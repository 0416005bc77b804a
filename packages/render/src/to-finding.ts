import { type Finding, type FindingCodeName, findingCodes, type Haus } from '@sanctum/contracts'

/** One problem of rendering, before it is known where in the catalog it was written. */
export interface Problem {
  readonly code: FindingCodeName
  readonly message: string
  readonly fix: string
  /** Place of the value within the service, as a JSON pointer without its first slash: `run/env/NAME`. */
  readonly field?: string
  readonly observed?: string
}

/** The finding of a problem, at the place where its value was written if the haus knows it. */
export function toFinding(haus: Haus, subject: string, problem: Problem): Finding {
  const at = placeOf(haus, subject, problem.field)
  return {
    code: problem.code,
    severity: findingCodes[problem.code].severity,
    message: problem.message,
    subject,
    fix: { text: problem.fix },
    ...(at === undefined ? {} : { at }),
    ...(problem.observed === undefined ? {} : { evidence: { observed: excerpt(problem.observed) } }),
  }
}

/** A short printable form of a hostile text. */
export function excerpt(text: string): string {
  const shown = JSON.stringify(text.length > 60 ? text.slice(0, 60) : text)
  return text.length > 60 ? `${shown} and ${text.length - 60} more characters` : shown
}

function placeOf(haus: Haus, service: string, field: string | undefined): Finding['at'] {
  const segments = field?.split('/') ?? []
  for (let length = segments.length; length >= 0; length--) {
    const at = haus.origins[['/services', service, ...segments.slice(0, length)].join('/')]?.at
    if (at !== undefined) return at
  }
  return undefined
}
