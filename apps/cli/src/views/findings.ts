import type { Finding } from '@sanctum/contracts'
import type { Style } from './style.ts'

const marks = { error: '✗', warning: '!', info: '·' } as const

/** Findings for a person: place, what is wrong, what was seen, what to type. */
export function renderFindings(findings: readonly Finding[], style: Style): string {
  return findings.map((finding) => renderFinding(finding, style)).join('\n')
}

function renderFinding(finding: Finding, style: Style): string {
  const paint = { error: style.bad, warning: style.caution, info: style.faint }[finding.severity]
  const where = finding.at ? `${finding.at.file}:${finding.at.line}:${finding.at.column}` : finding.subject
  return [
    `${paint(`${marks[finding.severity]} ${finding.code}`)}  ${where === undefined ? '' : `${style.strong(where)}  `}${finding.message}`,
    ...(finding.related ?? []).map(({ at, message }) => `    ${at.file}:${at.line}:${at.column}  ${message}`),
    ...renderEvidence(finding),
    ...(finding.fix ? [`    ${style.faint('fix')}  ${finding.fix.text}`] : []),
    ...(finding.fix?.preview ?? []).map((step) => `    ${style.faint('--fix')}  ${step}`),
    ...(finding.fix?.command ? [`    ${style.faint('run')}  ${finding.fix.command}`] : []),
  ].join('\n')
}

function renderEvidence({ evidence }: Finding): string[] {
  if (!evidence) return []
  return [
    ...(evidence.expected === undefined ? [] : [`    expected  ${evidence.expected}${toPlace(evidence)}`]),
    ...(evidence.observed === undefined ? [] : [`    observed  ${evidence.observed}`]),
  ]
}

/** Such as `2 errors, 1 warning`. */
export function countFindings(findings: readonly Finding[]): string {
  return (['error', 'warning', 'info'] as const)
    .map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(
      ({ severity, count }) =>
        `${count} ${severity === 'info' ? (count === 1 ? 'note' : 'notes') : `${severity}${count === 1 ? '' : 's'}`}`,
    )
    .join(', ')
}

/** The line that says what was expected. */
function toPlace({ source }: NonNullable<Finding['evidence']>): string {
  return source === undefined ? '' : `  (${source.file}:${source.line}:${source.column})`
}
