import { type ExitName, exitCodes, Fault, type Finding, faultCodes } from '@sanctum/contracts'
import { Declined, Interrupted, Refused, UsageProblem } from './command.ts'
import { exitOfFindings } from './output/exit-of-findings.ts'
import { toErrorEnvelope } from './output/to-envelope.ts'
import type { Sinks } from './print-answer.ts'
import { countFindings, renderFindings } from './views/findings.ts'
import type { Style } from './views/style.ts'

interface Problem {
  readonly exit: ExitName
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly findings: readonly Finding[]
  readonly about: string | null
}

/** Prints why there is no answer, as the kind of the error asks; the exit code for it. */
export async function printProblem(
  error: unknown,
  { command, asksJson, sinks, style, verbose }: { command: string; asksJson: boolean; sinks: Sinks; style: Style; verbose: boolean },
): Promise<number> {
  const problem = toProblem(error)
  if (asksJson) sinks.stdout(`${JSON.stringify(await toErrorEnvelope(command, problem), null, 2)}\n`)
  else if (problem.findings.length > 0)
    sinks.stderr(
      `${renderFindings(problem.findings, style)}\n${problem.about === null ? '' : `\n${problem.about}: ${countFindings(problem.findings)}\n`}`,
    )
  else
    sinks.stderr(
      `${error instanceof Declined ? '' : `${style.bad(`✗ ${problem.code}`)}  `}${problem.message}\n${problem.hint === '' ? '' : `    ${style.faint('next')}  ${problem.hint}\n`}`,
    )
  // Where our own parser stood says nothing about a word that was wrong.
  if (error instanceof Error && !(error instanceof UsageProblem || error instanceof Declined) && (verbose || problem.exit === 'bug'))
    sinks.stderr(`${error.stack ?? error.message}\n`)
  return exitCodes[problem.exit].code
}

/** What was refused is never fine, whatever its findings ask for. */
function exitOfRefusal(findings: readonly Finding[]): ExitName {
  const asked = exitOfFindings(findings)
  return asked === 'ok' ? 'problems' : asked
}

function toProblem(error: unknown): Problem {
  const none = { findings: [], about: null }
  if (error instanceof Refused)
    return {
      exit: error.exit ?? exitOfRefusal(error.findings),
      code: error.findings[0]?.code ?? 'REFUSED',
      message: error.message,
      hint: '',
      findings: error.findings,
      about: error.about,
    }
  if (error instanceof UsageProblem) return { exit: 'usage', code: 'USAGE', message: error.message, hint: error.hint, ...none }
  if (error instanceof Declined) return { exit: 'pending', code: 'DECLINED', message: error.message, hint: error.hint, ...none }
  if (error instanceof Interrupted)
    return {
      exit: 'interrupted',
      code: 'INTERRUPTED',
      message: 'stopped as you asked',
      hint: 'Run the same command again; it continues where this one ended.',
      ...none,
    }
  if (error instanceof Fault)
    return { exit: faultCodes[error.code].exit, code: error.code, message: error.message, hint: error.hint, ...none }
  const message = error instanceof Error ? error.message : String(error)
  return {
    exit: 'bug',
    code: 'BUG',
    message: `this is a bug of Sanctum: ${message}`,
    hint: 'Please report it with the text below and sanctumctl --version.',
    ...none,
  }
}
