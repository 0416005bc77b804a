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

/** What a program of another revision printed, as far as this one has to know it. */
export interface ForeignAnswer {
  readonly data: Readonly<Record<string, unknown>>
  readonly findings: readonly ForeignFinding[]
  /** What each check of a doctor found. */
  readonly checks: readonly { readonly id: string; readonly findings: readonly ForeignFinding[] }[]
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
    checks: toList(data['checks']).flatMap(toCheck),
    errors: toList(document['errors']).flatMap((error) => textOf(toObject(error)?.['message']) ?? []),
  }
}

function toCheck(given: unknown): ForeignAnswer['checks'] {
  const check = toObject(given)
  const id = textOf(check?.['id'])
  return id === undefined ? [] : [{ id, findings: toList(check?.['findings']).flatMap(toFinding) }]
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
