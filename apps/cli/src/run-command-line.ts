import { exitCodes, scrub } from '@sanctum/contracts'
import { type Answer, type CommandContext, type GlobalOptions, UsageProblem } from './command.ts'
import { commandTable } from './command-table.ts'
import { createTalk, type Talk } from './output/talk.ts'
import type { Ports, PortsRequest, QuickPorts } from './ports.ts'
import type { PrintContext, Sinks } from './print-answer.ts'
import type { Invocation } from './program.ts'
import { readPlainLine } from './read-plain-line.ts'
import { createStyle } from './views/style.ts'

/** Everything of the process that a command line touches. */
export interface Surroundings {
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly terminal: { readonly stdout: boolean; readonly stderr: () => boolean; readonly columns: number }
  /** Puts a yes-or-no question to the person at the terminal; null where there is none. */
  readonly ask: (question: string) => Promise<boolean | null>
  readonly write: { readonly stdout: (text: string) => unknown; readonly stderr: (text: string) => unknown }
  /** Of this program. */
  readonly version: string
  /** The machine, loaded when a command is about to run. */
  readonly ports: (request: PortsRequest) => Promise<Ports>
  /** Without them every answer takes the whole way. */
  readonly quickPorts?: (request: Omit<PortsRequest, 'dryRun'>) => Promise<QuickPorts>
}

/** Parses, runs, prints; the exit code of the process. The one place where errors of any kind become text. */
export async function runCommandLine(surroundings: Surroundings): Promise<number> {
  const { argv, environment, version } = surroundings
  const asksJson = argv.includes('--json')
  const plainly = toSinks(surroundings.write)
  const talk = createTalk({ ...surroundings.terminal, write: plainly.stderr, isTerminal: () => isReplacing(surroundings) })
  const sinks = afterTalk(plainly, talk)
  const style = createStyle({ color: wantsColor(surroundings), columns: surroundings.terminal.columns })
  let command = 'sanctumctl'
  try {
    const plain = readPlainLine(argv)
    if (plain !== null) {
      command = plain.command.path.join(' ')
      const global = toGlobalOptions(plain.options)
      const answer = await answerQuickly(surroundings, plain, global)
      if (answer !== null) return await print(answer, { command, global, sinks, style })
    }
    const [{ parseCommandLine }, { toCommandsLine }] = await Promise.all([
      import('./parse-command-line.ts'),
      import('./to-commands-line.ts'),
    ])
    const invocation = parseCommandLine(toCommandsLine(argv) ?? argv, {
      version,
      columns: surroundings.terminal.columns,
      write: sinks.stdout,
    })
    if (invocation === null) return exitCodes.ok.code
    command = invocation.command.path.join(' ')
    const global = toGlobalOptions(invocation.options)
    const quick = plain === null ? await answerQuickly(surroundings, invocation, global) : null
    if (quick !== null) return await print(quick, { command, global, sinks, style })
    // All of it before anything runs: a rebuild may take the program away under a command that takes long.
    const [ports, { run }, { printAnswer }] = await Promise.all([
      surroundings.ports({ environment, dryRun: global.dryRun, version }),
      invocation.command.load(),
      import('./print-answer.ts'),
      import('./print-problem.ts'),
    ])
    const context: CommandContext = {
      table: commandTable,
      args: invocation.args,
      options: invocation.options,
      global,
      ports,
      signal: surroundings.signal,
      ...(global.json || global.quiet ? silent : { say: talk.say, progress: talk.progress }),
      ask: global.json ? async () => null : surroundings.ask,
    }
    return await printAnswer(await run(context), { command, global, sinks, style })
  } catch (error) {
    const { printProblem } = await import('./print-problem.ts')
    return await printProblem(error, {
      command: error instanceof UsageProblem && error.command !== null ? error.command : command,
      asksJson,
      sinks,
      style,
      verbose: argv.includes('--verbose') || argv.includes('-v'),
    })
  }
}

async function print(answer: Answer, context: PrintContext): Promise<number> {
  return (await import('./print-answer.ts')).printAnswer(answer, context)
}

/** The answer that a command may have without being loaded. Whatever goes wrong here goes wrong again on the whole way, and is told there. */
async function answerQuickly(
  { environment, version, quickPorts }: Surroundings,
  { command, options }: Invocation,
  global: GlobalOptions,
): Promise<Answer | null> {
  if (command.loadQuick === undefined || quickPorts === undefined) return null
  try {
    const [{ answerQuickly }, ports] = await Promise.all([command.loadQuick(), quickPorts({ environment, version })])
    return await answerQuickly({ options, global, ports })
  } catch {
    return null
  }
}

/** No text leaves without being scrubbed. */
function toSinks({ stdout, stderr }: Surroundings['write']): Sinks {
  return { stdout: (text) => void stdout(scrub(text)), stderr: (text) => void stderr(scrub(text)) }
}

const silent: Pick<CommandContext, 'say' | 'progress'> = { say: () => undefined, progress: () => undefined }

/** An answer takes the place of the line that told what was under way. */
function afterTalk({ stdout, stderr }: Sinks, { clear }: Pick<Talk, 'clear'>): Sinks {
  const after = (sink: (text: string) => void) => (text: string) => {
    clear()
    sink(text)
  }
  return { stdout: after(stdout), stderr: after(stderr) }
}

function isReplacing({ terminal, environment }: Surroundings): boolean {
  return environment['TERM'] !== 'dumb' && terminal.stderr()
}

function toGlobalOptions(options: Readonly<Record<string, unknown>>): GlobalOptions {
  return {
    json: options['json'] === true,
    quiet: options['quiet'] === true,
    verbose: options['verbose'] === true,
    yes: options['yes'] === true,
    // A plan is a dry run by another name.
    dryRun: options['dryRun'] === true || options['plan'] === true,
    catalog: typeof options['catalog'] === 'string' ? options['catalog'] : null,
  }
}

function wantsColor({ argv, environment, terminal }: Surroundings): boolean {
  if (argv.includes('--no-color') || (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb') return false
  if ((environment['FORCE_COLOR'] ?? '') !== '') return environment['FORCE_COLOR'] !== '0'
  return terminal.stdout
}
