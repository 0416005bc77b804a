import { countWords, type Finding, type VerifySuite } from '@sanctum/contracts'
import { outcomeOf, type SuiteResult } from '../verify/junit.ts'
import { countFindings, renderFindings } from './findings.ts'
import type { Style } from './style.ts'
import { wrapText } from './wrap-text.ts'

/** One line for each step with its proof, then what is wrong. */
export function renderSteps(
  {
    results,
    findings,
    receipt,
  }: {
    readonly results: readonly SuiteResult[]
    readonly findings: readonly Finding[]
    /** Null where it could not be written. */
    readonly receipt: string | null
  },
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
      ? `${style.good('✓')} ${countWords(asked.length, 'step holds', 'steps hold')}${troubles.length > 0 ? style.faint(` (${troubles.join(', ')})`) : ''}`
      : `${countWords(asked.length, 'step')}; ${troubles.join('; ')}`,
    receipt === null ? style.bad('no receipt could be written') : style.faint(`receipt: ${receipt}`),
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
  const took = `${duration_ms} ms`
  const room = style.columns - BEFORE_PROOF
  if (room < NARROWEST_PROOF)
    return [`${marks[outcome]} ${suite} ${id}  ${style.faint(took)}`, ...wrapText(said, style.columns - 2).map((line) => `  ${line}`)].join(
      '\n',
    )
  const lines = wrapText(said, room)
  const last = lines.pop() ?? ''
  const end = `${last}${last.length + 2 + took.length <= room ? '  ' : '\n'.padEnd(BEFORE_PROOF + 1)}${style.faint(took)}`
  return `${marks[outcome]} ${suite.padEnd(9)}  ${id.padEnd(13)}  ${[...lines, end].join('\n'.padEnd(BEFORE_PROOF + 1))}`
}

/** Mark, suite and name of a step stand before its proof; where they leave too little room, the proof stands below them. */
const BEFORE_PROOF = 28
const NARROWEST_PROOF = 30

export interface VerifyPlan {
  readonly steps: readonly { readonly suite: VerifySuite; readonly id: string; readonly title: string }[]
  readonly last: {
    readonly ok: boolean
    readonly suites: readonly VerifySuite[]
    readonly begun_ms: number
    readonly stale: readonly string[]
  } | null
}

export function renderVerifyPlan({ steps, last }: VerifyPlan, style: Style): string {
  return [
    ...steps.map(({ suite, id, title }) => `${suite.padEnd(9)}  ${id.padEnd(13)}  ${title}`),
    '',
    `${countWords(steps.length, 'step')}; nothing was asked`,
    style.faint(describeLast({ steps, last })),
  ].join('\n')
}

function describeLast({ steps, last }: VerifyPlan): string {
  if (last === null) return 'there is no receipt of an earlier run'
  // A rollback asks less of its verify than a person does.
  const unasked = [...new Set(steps.map(({ suite }) => suite))].filter((suite) => !last.suites.includes(suite))
  const when = new Date(last.begun_ms).toISOString()
  const worth = last.stale.length === 0 ? 'it still speaks of this machine' : `it is stale: ${last.stale.join(', ')} changed since`
  const besides = unasked.length === 0 ? '' : `; it did not ask ${unasked.join(', ')}`
  return `the last run, ${when}, was ${last.ok ? 'clean' : 'not clean'}; ${worth}${besides}`
}
