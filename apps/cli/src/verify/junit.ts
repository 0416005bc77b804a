import type { CheckResult, VerifySuite } from '@sanctum/contracts'
import { isUnmade } from '../checks/is-unmade.ts'

export type SuiteResult = CheckResult & { readonly suite: VerifySuite }

/** The results as JUnit XML, as test servers read it. */
export function toJunit(results: readonly SuiteResult[]): string {
  const suites = [...Map.groupBy(results, ({ suite }) => suite)]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sanctumctl verify" ${toCounts(results)}>`,
    ...suites.flatMap(([suite, own]) => [`  <testsuite name="${suite}" ${toCounts(own)}>`, ...own.flatMap(toCase), '  </testsuite>']),
    '</testsuites>',
    '',
  ].join('\n')
}

function toCounts(results: readonly SuiteResult[]): string {
  const count = (kind: Outcome) => results.filter((result) => outcomeOf(result) === kind).length
  const seconds = results.reduce((sum, { duration_ms }) => sum + duration_ms, 0) / 1000
  return `tests="${results.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="${seconds}"`
}

type Outcome = 'failure' | 'error' | 'skipped' | 'passed'

/** A warning alone fails no step; what could not be checked is an error, and never passed. */
export function outcomeOf({ verdict, findings }: Pick<CheckResult, 'verdict' | 'findings'>): Outcome {
  if (isUnmade({ verdict })) return 'error'
  if (verdict === 'not-applicable') return 'skipped'
  return findings.some(({ severity, waiver }) => severity === 'error' && waiver === undefined) ? 'failure' : 'passed'
}

function toCase(result: SuiteResult): string[] {
  const { suite, id, duration_ms, reason = '', findings, proof } = result
  const head = `    <testcase classname="${suite}" name="${escapeXml(id)}" time="${duration_ms / 1000}"`
  const told = findings.map(({ code, message }) => `${code}: ${message}`).join('\n')
  const inside: Readonly<Record<Outcome, string>> = {
    failure: `      <failure message="${escapeXml(told.split('\n')[0] as string)}">${escapeXml(told)}</failure>`,
    error: `      <error message="${escapeXml(reason)}"/>`,
    skipped: `      <skipped message="${escapeXml(reason)}"/>`,
    passed: proof === undefined ? '' : `      <system-out>${escapeXml(proof)}</system-out>`,
  }
  const line = inside[outcomeOf(result)]
  return line === '' ? [`${head}/>`] : [`${head}>`, line, '    </testcase>']
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' }

/** XML 1.0 has no way to write most control characters; a reader would refuse the whole file. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replaceAll(/[&<>"\n]/g, (letter) => entities[letter] as string)
}
