import { type ExitName, exitCodes, Fault, type Finding, faultCodes } from '@sanctum/contracts'
import { type Answer, type CommandContext, type GlobalOptions, Interrupted, Refused, UsageProblem } from './command.ts'
import { exitOfFindings } from './output/exit-of-findings.ts'
import { toEnvelope, toErrorEnvelope } from './output/to-envelope.ts'
import { parseCommandLine } from './parse-command-line.ts'
import type { Wire } from './ports.ts'
import { countFindings, renderFindings } from './views/findings.ts'
import { createStyle } from './views/style.ts'

/** Everything of the process that a command line touches. */
export interface Surroundings {
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly terminal: { readonly stdout: boolean; readonly columns: number }
  /** Puts a yes-or-no question to the person at the terminal; null where there is none. */
  readonly ask: (question: string) => Promise<boolean | null>
  readonly write: { readonly stdout: (text: string) => unknown; readonly stderr: (text: string) => unknown }
  readonly wire: Wire
}

/** Parses, runs, prints; the exit code of the process. The one place where errors of any kind become text. */
export async function runCommandLine(surroundings: Surroundings): Promise<number> {
  const { argv, environment, wire } = surroundings
  const asksJson = argv.includes('--json')
  const sinks = wire.sinks(surroundings.write)
  const style = createStyle({ color: wantsColor(surroundings), columns: surroundings.terminal.columns })
  let command = 'sanctumctl'
  try {
    const invocation = parseCommandLine(argv, { version: wire.version, columns: surroundings.terminal.columns, write: sinks.stdout })
    if (invocation === null) return exitCodes.ok.code
    command = invocation.command.path.join(' ')
    const global = toGlobalOptions(invocation.options)
    const context: CommandContext = {
      args: invocation.args,
      options: invocation.options,
      global,
      ports: wire.ports({ environment, dryRun: global.dryRun }),
      signal: surroundings.signal,
      say: global.json || global.quiet ? () => undefined : (text) => sinks.stderr(`${text}\n`),
      ask: global.json ? async () => null : surroundings.ask,
    }
    const { run } = await invocation.command.load()
    return await print(await run(context), { command, global, sinks, style })
  } catch (error) {
    return report(error, {
      command: error instanceof UsageProblem && error.command !== null ? error.command : command,
      asksJson,
      sinks,
      style,
      verbose: argv.includes('--verbose') || argv.includes('-v'),
    })
  }
}

type Sinks = ReturnType<Wire['sinks']>
type Style = ReturnType<typeof createStyle>

async function print(
  answer: Answer,
  { command, global, sinks, style }: { command: string; global: GlobalOptions; sinks: Sinks; style: Style },
): Promise<number> {
  if (global.json && !answer.stream) sinks.stdout(`${JSON.stringify(toEnvelope(command, answer), null, 2)}\n`)
  else {
    const text = answer.view(style)
    if (text !== '') sinks.stdout(`${text}\n`)
  }
  if (answer.stream) {
    for await (const line of answer.stream) sinks.stdout(global.json ? `${JSON.stringify({ line })}\n` : `${line}\n`)
    // The last line says that this was the end, and how it ended.
    if (global.json) sinks.stdout(`${JSON.stringify(toEnvelope(command, answer))}\n`)
  }
  return exitCodes[answer.exit].code
}

interface Problem {
  readonly exit: ExitName
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly findings: readonly Finding[]
  readonly about: string | null
}

function report(
  error: unknown,
  { command, asksJson, sinks, style, verbose }: { command: string; asksJson: boolean; sinks: Sinks; style: Style; verbose: boolean },
): number {
  const problem = toProblem(error)
  if (asksJson) sinks.stdout(`${JSON.stringify(toErrorEnvelope(command, problem), null, 2)}\n`)
  else if (problem.findings.length > 0)
    sinks.stderr(
      `${renderFindings(problem.findings, style)}\n${problem.about === null ? '' : `\n${problem.about}: ${countFindings(problem.findings)}\n`}`,
    )
  else
    sinks.stderr(
      `${style.bad(`✗ ${problem.code}`)}  ${problem.message}\n${problem.hint === '' ? '' : `    ${style.faint('next')}  ${problem.hint}\n`}`,
    )
  if (error instanceof Error && (verbose || problem.exit === 'bug')) sinks.stderr(`${error.stack ?? error.message}\n`)
  return exitCodes[problem.exit].code
}

function toProblem(error: unknown): Problem {
  const none = { findings: [], about: null }
  if (error instanceof Refused)
    return {
      exit: error.exit ?? exitOfFindings(error.findings),
      code: error.findings[0]?.code ?? 'REFUSED',
      message: error.message,
      hint: '',
      findings: error.findings,
      about: error.about,
    }
  if (error instanceof UsageProblem) return { exit: 'usage', code: 'USAGE', message: error.message, hint: error.hint, ...none }
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

function toGlobalOptions(options: Readonly<Record<string, unknown>>): GlobalOptions {
  return {
    json: options['json'] === true,
    quiet: options['quiet'] === true,
    verbose: options['verbose'] === true,
    yes: options['yes'] === true,
    dryRun: options['dryRun'] === true,
    catalog: typeof options['catalog'] === 'string' ? options['catalog'] : null,
  }
}

function wantsColor({ argv, environment, terminal }: Surroundings): boolean {
  if (argv.includes('--no-color') || (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb') return false
  if ((environment['FORCE_COLOR'] ?? '') !== '') return environment['FORCE_COLOR'] !== '0'
  return terminal.stdout
}
