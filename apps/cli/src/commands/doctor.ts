import type { Check, CheckResult, ExitName, Finding } from '@sanctum/contracts'
import { quickChecks } from '../checks/doctor-checks.ts'
import { createDoctorContext, type DoctorContext } from '../checks/doctor-context.ts'
import { runChecks } from '../checks/run-checks.ts'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { nearestWord } from '../output/nearest-word.ts'
import { countFindings, renderFindings } from '../views/findings.ts'
import type { Style } from '../views/style.ts'

/** Read-only. One line where everything is well; otherwise the findings with cause and fix. */
export async function run(context: CommandContext): Promise<Answer> {
  if (context.options['list'] === true) return list()
  const checks = chooseChecks(context.options['check'])
  const results = await runChecks(checks, await createDoctorContext(context), () => context.ports.clock.monotonic())
  const findings = unique(results.flatMap((result) => result.findings))
  const asked = results.filter(({ verdict }) => verdict !== 'not-applicable')
  return {
    exit: exitOf(results, findings),
    data: { checks: results },
    findings,
    view: (style) => render({ results, asked, findings, verbose: context.global.verbose }, style),
  }
}

/** The same trouble may be seen by two checks; it is told once. */
function unique(findings: readonly Finding[]): Finding[] {
  return [
    ...new Map(
      findings.map((finding) => [`${finding.code} ${finding.subject ?? JSON.stringify(finding.at)} ${finding.message}`, finding]),
    ).values(),
  ]
}

function chooseChecks(given: unknown): readonly Check<DoctorContext>[] {
  const names = Array.isArray(given) ? (given as string[]) : []
  if (names.length === 0) return quickChecks
  return names.map((name) => {
    const check = quickChecks.find(({ id }) => id === name)
    if (check) return check
    const near = nearestWord(
      name,
      quickChecks.map(({ id }) => id),
    )
    throw new UsageProblem(`there is no check ${name}`, near === null ? 'sanctumctl doctor --list names them.' : `Did you mean ${near}?`)
  })
}

function exitOf(results: readonly CheckResult[], findings: readonly Finding[]): ExitName {
  const exit = exitOfFindings(findings)
  if (exit !== 'ok') return exit
  return results.some(({ verdict }) => verdict === 'could-not-check') ? 'problems' : 'ok'
}

function list(): Answer {
  const checks = quickChecks.map(({ id, title }) => ({ id, title }))
  return { exit: 'ok', data: { checks }, findings: [], view: () => checks.map(({ id, title }) => `${id.padEnd(20)}  ${title}`).join('\n') }
}

function render(
  {
    results,
    asked,
    findings,
    verbose,
  }: { results: readonly CheckResult[]; asked: readonly CheckResult[]; findings: readonly Finding[]; verbose: boolean },
  style: Style,
): string {
  const open = asked.filter(({ verdict }) => verdict === 'could-not-check')
  const aside = results.filter(({ verdict }) => verdict === 'not-applicable')
  const line =
    findings.length === 0 && open.length === 0
      ? `${style.good('✓')} ${asked.length} checks, nothing wrong${aside.length > 0 ? style.faint(` (${aside.length} do not apply here)`) : ''}`
      : `${asked.length} checks: ${[countFindings(findings), open.length > 0 ? `${open.length} could not be made` : ''].filter(Boolean).join(', ')}`
  return [
    ...(findings.length > 0 ? [renderFindings(findings, style), ''] : []),
    ...open.map(({ title, reason }) => `${style.caution('?')} ${title} could not be checked: ${reason}`),
    line,
    ...(verbose
      ? results.map(({ id, verdict, reason, duration_ms }) =>
          style.faint(`  ${id.padEnd(20)}  ${verdict}${reason ? `: ${reason}` : ''}  ${duration_ms} ms`),
        )
      : []),
  ].join('\n')
}
