import { type Finding, hostCodes, type Origin } from '@sanctum/contracts'

export type HostCode = keyof typeof hostCodes

/** A finding of this package; its severity stands in the table of codes. Without a place in a file it needs a subject. */
export function hostFinding(code: HostCode, message: string, rest: Omit<Finding, 'code' | 'severity' | 'message'>): Finding {
  return { code, severity: hostCodes[code].severity, message, ...rest }
}

/** Where an origin points: a place in a file, or the variable, flag or table that said it. */
export function placeOf(origin: Origin): Pick<Finding, 'at' | 'subject'> {
  return origin.at ? { at: origin.at } : { subject: origin.source }
}

/** The place of an origin in a sentence. */
export function describeOrigin(origin: Origin): string {
  return origin.at ? `${origin.at.file}:${origin.at.line}` : origin.source
}

/** The other places of a finding, as far as they lie in files. */
export function relatedPlaces(origins: readonly { readonly origin: Origin; readonly message: string }[]): Pick<Finding, 'related'> {
  const related = origins.flatMap(({ origin, message }) => (origin.at ? [{ at: origin.at, message }] : []))
  return related.length === 0 ? {} : { related }
}
