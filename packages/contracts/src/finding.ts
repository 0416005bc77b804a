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
  /** The line that says what was expected. */
  source: position.optional(),
})
export type Evidence = z.infer<typeof evidence>

/** What a person does about a finding: words, and where one exists the exact command. */
export const fix = z.strictObject({
  text: z.string().min(1),
  command: z.string().optional(),
  /** True where the command can harm nothing that works. */
  safe: z.boolean().optional(),
  /** What it would do, step by step, where a program can do it. */
  preview: z.array(z.string()).optional(),
})
export type Fix = z.infer<typeof fix>

/** That somebody lives with a finding for a while. */
export const findingWaiver = z.strictObject({
  reason: z.string().min(1),
  owner: z.string().min(1),
  /** The last day on which it holds, `YYYY-MM-DD`. */
  expires: z.string(),
})
export type FindingWaiver = z.infer<typeof findingWaiver>

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
  /** What goes wrong if it stays; doctor says it. */
  impact: z.string().optional(),
  /** Where the documentation speaks of it: a page and an anchor. */
  docs: z.string().optional(),
  /** When this machine first saw it, ms since the epoch. */
  first_seen_ms: z.number().optional(),
  /** Present where it is waived: it is shown and counted, and stops nothing. */
  waiver: findingWaiver.optional(),
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
