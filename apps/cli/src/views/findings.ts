import { countWords, type Finding } from '@sanctum/contracts'
import type { Style } from './style.ts'
import { foldText, isNarrow } from './wrap-text.ts'

const marks = { error: '✗', warning: '!', info: '·' } as const

/** Findings for a person: place, what is wrong, what was seen, what to type. */
export function renderFindings(findings: readonly Finding[], style: Style): string {
  return findings.map((finding) => renderFinding(finding, style)).join('\n')
}

function renderFinding(finding: Finding, style: Style): string {
  const paint = { error: style.bad, warning: style.caution, info: style.faint }[finding.severity]
  const where = finding.at ? `${finding.at.file}:${finding.at.line}:${finding.at.column}` : finding.subject
  const head = paint(`${marks[finding.severity]} ${finding.code}`)
  const place = where === undefined ? '' : `  ${style.strong(where)}`
  return [
    isNarrow(style.columns)
      ? `${head}${place}\n  ${foldText(finding.message, { columns: style.columns, before: 2 })}`
      : `${head}${place}  ${finding.message}`,
    ...(finding.related ?? []).map(({ at, message }) => `    ${at.file}:${at.line}:${at.column}  ${message}`),
    ...renderEvidence(finding, style),
    ...(finding.fix ? [renderPart('fix', finding.fix.text, style)] : []),
    ...(finding.fix?.preview ?? []).map((step) => `    ${style.faint('--fix')}  ${step}`),
    // Whole, whatever its length: it is copied.
    ...(finding.fix?.command ? [`    ${style.faint('run')}  ${finding.fix.command}`] : []),
  ].join('\n')
}

/** A sentence with its name before it. */
function renderPart(name: string, text: string, { columns, faint }: Style): string {
  return `    ${faint(name)}  ${foldText(text, { columns, before: name.length + 6 })}`
}

/** What was observed is not told again where the message ends with it. */
function renderEvidence({ evidence, message }: Finding, style: Style): string[] {
  if (!evidence) return []
  const observed = evidence.observed === undefined || message.endsWith(evidence.observed) ? null : evidence.observed
  return [
    ...(evidence.expected === undefined ? [] : [renderPart('expected', `${evidence.expected}${toPlace(evidence)}`, style)]),
    ...(observed === null ? [] : [renderPart('observed', observed, style)]),
  ]
}

/** Such as `2 errors, 1 warning`. */
export function countFindings(findings: readonly Finding[]): string {
  return (['error', 'warning', 'info'] as const)
    .map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => countWords(count, severity === 'info' ? 'note' : severity))
    .join(', ')
}

/** The line that says what was expected. */
function toPlace({ source }: NonNullable<Finding['evidence']>): string {
  return source === undefined ? '' : `  (${source.file}:${source.line}:${source.column})`
}
