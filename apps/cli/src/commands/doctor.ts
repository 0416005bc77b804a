import { type Check, type CheckResult, countWords, type ExitName, type Finding } from '@sanctum/contracts'
import { quickChecks } from '../checks/doctor-checks.ts'
import { createDoctorContext, DOCTOR_DEADLINE_MS, type DoctorContext } from '../checks/doctor-context.ts'
import { isUnmade } from '../checks/is-unmade.ts'
import { runChecks } from '../checks/run-checks.ts'
import type { Answer, CommandContext } from '../command.ts'
import { tellOnce } from '../findings/tell-once.ts'
import type { Examination } from '../fixes/fix-findings.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { unknownWord } from '../output/unknown-word.ts'
import { renderDoctor, renderFix } from '../views/doctor.ts'

/** Read-only but for `--fix`. One line where everything is well; otherwise the findings with cause and fix. */
export async function run(context: CommandContext): Promise<Answer> {
  if (context.options['list'] === true) return list()
  const asked = await chooseChecks(context.options)
  if (context.options['fix'] !== true) return answer(context, (await examine(context, asked)).results)
  const { fixFindings } = await import('../fixes/fix-findings.ts')
  const { results, findings, fixes } = await fixFindings(context, () => examine(context, asked))
  const { data, view, ...rest } = answer(context, results, findings)
  return { ...rest, data: { ...data, fixes }, view: (style) => [...fixes.map((fix) => renderFix(fix, style)), view(style)].join('\n') }
}

/** The checks that a command line asks for, and whether they are all there are. */
export interface Asked {
  readonly checks: readonly Check<DoctorContext>[]
  readonly isQuick: boolean
  readonly isWhole: boolean
}

async function examine(context: CommandContext, { checks, isQuick, isWhole }: Asked): Promise<Examination> {
  const { ports, global, say } = context
  const { monotonic, pause } = ports.clock
  if (!isQuick) say(`${countWords(checks.length, 'check')}; what has not answered in ${DOCTOR_DEADLINE_MS / 1000} s could not be checked`)
  const doctor = await createDoctorContext(context, isQuick ? null : DOCTOR_DEADLINE_MS)
  const results = await runChecks(checks, doctor, { now: monotonic, ...(isQuick ? {} : { deadline: { ms: DOCTOR_DEADLINE_MS, pause } }) })
  if (isQuick && results.every(({ findings }) => findings.length === 0)) return { doctor, results }
  const { completeResults } = await import('../findings/complete-findings.ts')
  const completed = await completeResults(ports, results, { isWhole, keeps: !isQuick && !global.dryRun && !doctor.isBare() })
  if (isQuick) return { doctor, results: completed }
  const { addSources } = await import('../findings/add-sources.ts')
  const placed = doctor.unusable === null ? addSources(doctor.loaded.input, completed) : completed
  return { doctor, results: await showFixes(doctor, placed) }
}

/** What `--fix` would do is said with each finding that it would mend. */
async function showFixes(doctor: DoctorContext, results: readonly CheckResult[]): Promise<readonly CheckResult[]> {
  const found = results.flatMap(({ findings }) => findings)
  if (found.length === 0) return results
  const { planFixes } = await import('../fixes/fix-findings.ts')
  const previews = new Map(
    (await planFixes(doctor, found)).flatMap(({ findings, steps }) => findings.map((finding) => [finding, steps] as const)),
  )
  if (previews.size === 0) return results
  const withPreview = (finding: Finding): Finding => {
    const steps = previews.get(finding)
    if (steps === undefined) return finding
    const fix = { text: 'sanctumctl doctor --fix mends it.', ...finding.fix, preview: [...steps] }
    return { ...finding, fix }
  }
  return results.map((result) => ({ ...result, findings: result.findings.map(withPreview) }))
}

function answer({ global }: CommandContext, results: readonly CheckResult[], more: readonly Finding[] = []): Answer {
  const findings = [...more, ...tellOnce(results.flatMap((result) => result.findings))]
  return {
    exit: exitOf(results, findings),
    data: { checks: results },
    findings,
    view: (style) => renderDoctor({ results, findings, verbose: global.verbose }, style),
  }
}

async function chooseChecks(options: CommandContext['options']): Promise<Asked> {
  const names = Array.isArray(options['check']) ? (options['check'] as string[]) : []
  const isQuick = options['quick'] === true
  // A name may be one of either; only what is asked for is loaded.
  const isQuickEnough = isQuick && names.every((name) => quickChecks.some(({ id }) => id === name))
  const known = isQuickEnough ? quickChecks : await allChecks()
  if (names.length === 0) return { checks: known, isQuick, isWhole: !isQuick }
  return { checks: names.map((name) => requireCheck(known, name)), isQuick, isWhole: false }
}

function requireCheck(known: readonly Check<DoctorContext>[], name: string): Check<DoctorContext> {
  const check = known.find(({ id }) => id === name)
  if (check) return check
  const words = known.map(({ id }) => id)
  throw unknownWord(name, { what: 'check', words, otherwise: 'sanctumctl doctor --list names them.' })
}

async function allChecks(): Promise<readonly Check<DoctorContext>[]> {
  return [...quickChecks, ...(await import('../checks/deep/deep-checks.ts')).deepChecks]
}

function exitOf(results: readonly CheckResult[], findings: readonly Finding[]): ExitName {
  const exit = exitOfFindings(findings)
  if (exit !== 'ok') return exit
  return results.some(isUnmade) ? 'problems' : 'ok'
}

async function list(): Promise<Answer> {
  const quick = new Set(quickChecks.map(({ id }) => id))
  const checks = (await allChecks()).map(({ id, title }) => ({ id, title, quick: quick.has(id) }))
  return {
    exit: 'ok',
    data: { checks },
    findings: [],
    view: (style) =>
      checks.map(({ id, title, quick }) => `${id.padEnd(20)}  ${title}${quick ? '' : style.faint('  (not with --quick)')}`).join('\n'),
  }
}
