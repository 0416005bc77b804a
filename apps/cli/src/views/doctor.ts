import { type CheckResult, countWords, type Finding } from '@sanctum/contracts'
import { isUnmade } from '../checks/is-unmade.ts'
import type { AppliedFix } from '../fixes/fix-findings.ts'
import { countFindings, renderFindings } from './findings.ts'
import type { Style } from './style.ts'
import { foldText } from './wrap-text.ts'

export interface DoctorView {
  readonly results: readonly CheckResult[]
  readonly findings: readonly Finding[]
  readonly verbose: boolean
}

/** One line where everything is well; otherwise what is wrong, what somebody lives with, and what could not be checked. */
export function renderDoctor({ results, findings, verbose }: DoctorView, style: Style): string {
  const fold = (text: string, before: number) => foldText(text, { columns: style.columns, before })
  const asked = results.filter(({ verdict }) => verdict !== 'not-applicable')
  const open = asked.filter(isUnmade)
  const waived = findings.filter(({ waiver }) => waiver !== undefined)
  const counted = findings.filter(({ waiver }) => waiver === undefined)
  const aside = [
    ...(waived.length > 0 ? [`${waived.length} waived`] : []),
    ...(asked.length < results.length ? [countWords(results.length - asked.length, 'does not apply here', 'do not apply here')] : []),
  ]
  const troubles = [countFindings(counted), open.length > 0 ? `${open.length} could not be made` : ''].filter(Boolean)
  const line =
    troubles.length === 0
      ? `${style.good('✓')} ${countWords(asked.length, 'check')}, nothing wrong${aside.length > 0 ? style.faint(` (${aside.join(', ')})`) : ''}`
      : `${countWords(asked.length, 'check')}: ${[...troubles, ...(waived.length > 0 ? [`${waived.length} waived`] : [])].join(', ')}`
  return [
    ...(counted.length > 0 ? [renderFindings(counted, style), ''] : []),
    ...waived.map((finding) => style.faint(describeWaived(finding, style))),
    ...[...Map.groupBy(open, ({ reason }) => reason)].map(
      ([reason, alike]) =>
        `${style.caution('?')} ${fold(`${alike.map(({ title }) => title).join(', ')} could not be checked: ${reason}`, 2)}`,
    ),
    line,
    ...(verbose ? results.map((result) => style.faint(describeResult(result))) : []),
  ].join('\n')
}

function describeWaived({ code, subject, message, waiver }: Finding, { columns }: Style): string {
  const why = foldText(`waived until ${waiver?.expires} by ${waiver?.owner}: ${waiver?.reason}`, { columns, before: 4 })
  return `~ ${foldText(`${code}  ${subject ?? ''}  ${message}`, { columns, before: 2 })}\n    ${why}`
}

function describeResult({ id, verdict, reason, proof, duration_ms }: CheckResult): string {
  const why = reason ?? (verdict === 'healthy' ? proof : undefined)
  return `  ${id.padEnd(20)}  ${verdict}${why ? `: ${why}` : ''}  ${duration_ms} ms`
}

/** What became of one safe fix. */
export function renderFix({ code, subject, steps, outcome, why }: AppliedFix, style: Style): string {
  const mark = { planned: style.faint('·'), fixed: style.good('✓'), failed: style.bad('✗') }[outcome]
  return `${mark} ${outcome} ${code} ${subject}: ${steps.join('; ')} (${why})`
}
