import type { Finding, VerifySuite } from '@sanctum/contracts'
import { outcomeOf, type SuiteResult } from '../verify/junit.ts'
import { countFindings, renderFindings } from './findings.ts'
import type { Style } from './style.ts'

/** One line for each step with its proof, then what is wrong. */
export function renderSteps(
  {
    results,
    findings,
    receipt,
  }: { readonly results: readonly SuiteResult[]; readonly findings: readonly Finding[]; readonly receipt: string },
  style: Style,
): string {
  const counted = findings.filter(({ waiver }) => waiver === undefined)
  const bad = results.filter((result) => outcomeOf(result) === 'failure')
  const open = results.filter((result) => outcomeOf(result) === 'error')
  const troubles = [
    bad.length > 0 ? `failed: ${bad.map(toName).join(', ')}` : '',
    open.length > 0 ? `could not be made: ${open.map(toName).join(', ')}` : '',
    counted.length > 0 ? countFindings(counted) : '',
    findings.length > counted.length ? `${findings.length - counted.length} waived` : '',
  ].filter(Boolean)
  const asked = results.filter((result) => outcomeOf(result) !== 'skipped')
  return [
    ...results.map((result) => renderStep(result, style)),
    ...(counted.length > 0 ? ['', renderFindings(counted, style)] : []),
    '',
    bad.length + open.length === 0
      ? `${style.good('✓')} ${asked.length} steps hold${troubles.length > 0 ? style.faint(` (${troubles.join(', ')})`) : ''}`
      : `${asked.length} steps; ${troubles.join('; ')}`,
    style.faint(`receipt: ${receipt}`),
  ].join('\n')
}

function toName({ suite, id }: SuiteResult): string {
  return `${suite} ${id}`
}

function renderStep(result: SuiteResult, style: Style): string {
  const { suite, id, proof, reason, findings, duration_ms } = result
  const marks = { passed: style.good('✓'), failure: style.bad('✗'), error: style.caution('?'), skipped: style.faint('·') }
  const outcome = outcomeOf(result)
  const said = reason ?? (findings.length > 0 ? countFindings(findings) : (proof ?? ''))
  return `${marks[outcome]} ${suite.padEnd(9)}  ${id.padEnd(13)}  ${said}  ${style.faint(`${duration_ms} ms`)}`
}

export interface VerifyPlan {
  readonly steps: readonly { readonly suite: VerifySuite; readonly id: string; readonly title: string }[]
  readonly last: { readonly ok: boolean; readonly begun_ms: number; readonly stale: readonly string[] } | null
}

export function renderVerifyPlan({ steps, last }: VerifyPlan, style: Style): string {
  return [
    ...steps.map(({ suite, id, title }) => `${suite.padEnd(9)}  ${id.padEnd(13)}  ${title}`),
    '',
    `${steps.length} steps; nothing was asked`,
    style.faint(describeLast(last)),
  ].join('\n')
}

function describeLast(last: VerifyPlan['last']): string {
  if (last === null) return 'there is no receipt of an earlier run'
  const when = new Date(last.begun_ms).toISOString()
  const worth = last.stale.length === 0 ? 'it still speaks of this machine' : `it is stale: ${last.stale.join(', ')} changed since`
  return `the last run, ${when}, was ${last.ok ? 'clean' : 'not clean'}; ${worth}`
}
