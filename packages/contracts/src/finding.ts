import * as z from 'zod'
import { compareText } from './compare-text.ts'

/** How much a finding matters: an `error` stops what was asked, a `warning` does not, `info` is worth knowing. */
export const severity = z.enum(['error', 'warning', 'info'])
export type Severity = z.infer<typeof severity>

/** A place in a file; line and column count from 1. */
export const position = z.strictObject({
  file: z.string(),
  line: z.int().min(1),
  column: z.int().min(1),
})
export type Position = z.infer<typeof position>

/** What was wanted and what was seen, each as short text without secrets. */
export const evidence = z.strictObject({
  expected: z.string().optional(),
  observed: z.string().optional(),
})
export type Evidence = z.infer<typeof evidence>

/** What a person does about a finding: words, and where one exists the exact command. */
export const fix = z.strictObject({
  text: z.string().min(1),
  command: z.string().optional(),
  /** True where the command can harm nothing that works. */
  safe: z.boolean().optional(),
})
export type Fix = z.infer<typeof fix>

/**
 * One problem, for a person or a program. Parsers and checks return all the findings they have;
 * none is thrown. `code` is a key of `findingCodes`.
 */
export const finding = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/),
  severity,
  /** One sentence: what is wrong. */
  message: z.string().min(1),
  /** Where in a file. Absent only if the subject is no text. */
  at: position.optional(),
  /** Other places that take part, such as the first of two duplicates. */
  related: z.array(z.strictObject({ at: position, message: z.string() })).optional(),
  /** What it is about where it is no place in a file: a service, a unit, a port, a path. */
  subject: z.string().optional(),
  evidence: evidence.optional(),
  fix: fix.optional(),
})
export type Finding = z.infer<typeof finding>

/** True if a finding of the list stops what was asked. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error')
}

/** Findings in reading order: by file, line, column, then code; those without a place last, by subject. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(comparePlaces)
}

function comparePlaces(a: Finding, b: Finding): number {
  if (a.at && b.at)
    return compareText(a.at.file, b.at.file) || a.at.line - b.at.line || a.at.column - b.at.column || compareText(a.code, b.code)
  if (a.at) return -1
  if (b.at) return 1
  return compareText(a.subject ?? '', b.subject ?? '') || compareText(a.code, b.code)
}
