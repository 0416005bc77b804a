import { parseJson } from '@sanctum/contracts'
/** A finding of another revision, as far as this one has to know it. */
export interface ForeignFinding {
  readonly code: string
  readonly severity: string
  readonly message: string
  readonly subject: string | undefined
  readonly isWaived: boolean
}

/** What it is known again by. */
export function toKey({ code, subject }: Pick<ForeignFinding, 'code' | 'subject'>): string {
  return `${code} ${subject ?? ''}`
}

/** What a check of a doctor, or a step of a verify, came to. */
export interface ForeignCheck {
  readonly id: string
  readonly verdict: string | undefined
  readonly reason: string | undefined
  readonly findings: readonly ForeignFinding[]
}

/** What a program of another revision printed, as far as this one has to know it. */
export interface ForeignAnswer {
  readonly data: Readonly<Record<string, unknown>>
  readonly findings: readonly ForeignFinding[]
  readonly checks: readonly ForeignCheck[]
  readonly errors: readonly string[]
}

/** Fields that this revision does not know yet are no reason to know nothing: only what is asked for is looked at. Null where it is no document. */
export function readAnswer(text: string): ForeignAnswer | null {
  const document = toObject(parseJson(text))
  if (document === null) return null
  const data = toObject(document['data']) ?? {}
  return {
    data,
    findings: toList(data['findings']).flatMap(toFinding),
    checks: [data['checks'], data['steps']].flatMap(toList).flatMap(toCheck),
    errors: toList(document['errors']).flatMap((error) => textOf(toObject(error)?.['message']) ?? []),
  }
}

function toCheck(given: unknown): readonly ForeignCheck[] {
  const check = toObject(given)
  const id = textOf(check?.['id'])
  if (check === null || id === undefined) return []
  const findings = toList(check['findings']).flatMap(toFinding)
  return [{ id, verdict: textOf(check['verdict']), reason: textOf(check['reason']), findings }]
}

function toFinding(given: unknown): ForeignFinding[] {
  const found = toObject(given)
  const [code, severity] = [textOf(found?.['code']), textOf(found?.['severity'])]
  if (found === null || code === undefined || severity === undefined) return []
  const subject = textOf(found['subject'])
  return [{ code, severity, message: textOf(found['message']) ?? code, subject, isWaived: found['waiver'] !== undefined }]
}

function toObject(given: unknown): Readonly<Record<string, unknown>> | null {
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Record<string, unknown>) : null
}

function toList(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? given : []
}

function textOf(given: unknown): string | undefined {
  return typeof given === 'string' ? given : undefined
}
