import type { ExitName, Finding } from '@sanctum/contracts'
import type { Ports, QuickPorts } from './ports.ts'
import type { Style } from './views/style.ts'

/** An option as commander writes it, with the sentence that help shows. */
export interface OptionDefinition {
  readonly flags: string
  readonly describe: string
  readonly repeats?: boolean
  readonly takes?: Takes
}

/** What a value may be, for completion: one of these words, or a kind of name. Left out where no list helps. */
export type Takes = readonly string[] | 'service' | 'generation' | 'incident' | 'lease' | 'model' | 'file' | 'folder'

/** One command of the tree, as data: help, completion and documentation are made from it. */
export interface CommandDefinition {
  /** Words after the program's name. */
  readonly path: readonly [string, ...string[]]
  readonly summary: string
  /** Arguments as commander writes them: `<id>`, `[number]`, `<dir...>`. */
  readonly args?: readonly { readonly syntax: string; readonly describe: string; readonly takes?: Takes }[]
  readonly options?: readonly OptionDefinition[]
  /** It changes the machine: it takes --dry-run and --yes. */
  readonly writes?: boolean
  /** It runs a program of the caller, and ends with that program's own code. */
  readonly passesOn?: boolean
  readonly examples: readonly string[]
  /** Loaded only when the command runs, so that starting stays quick. */
  readonly load: () => Promise<{ readonly run: (context: CommandContext) => Promise<Answer> }>
  /** A way to the answer that loads little; null where it does not know, and `load` has to find out. */
  readonly loadQuick?: () => Promise<{ readonly answerQuickly: (context: QuickContext) => Promise<Answer | null> }>
}

/** What a command may go by before the rest is loaded. */
export type QuickContext = Pick<CommandContext, 'options' | 'global'> & { readonly ports: QuickPorts }

export interface GlobalOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly yes: boolean
  readonly dryRun: boolean
  /** The catalog folder as asked for; null where the caller did not say. */
  readonly catalog: string | null
}

export interface CommandContext {
  /** Every command, in the order of help. */
  readonly table: readonly CommandDefinition[]
  readonly args: readonly (string | readonly string[] | undefined)[]
  /** The command's own options by their camel-case names. */
  readonly options: Readonly<Record<string, unknown>>
  readonly global: GlobalOptions
  readonly ports: Ports
  /** Aborted by Ctrl+C and SIGTERM. */
  readonly signal: AbortSignal
  /** Talk for the person who watches; on stderr, and silent with --quiet and --json. */
  readonly say: (text: string) => void
  /** What is under way, for the same person: at a terminal a line that the next one replaces. */
  readonly progress: (text: string) => void
  /** A question that only a person may answer; null where no terminal is there to answer it. */
  readonly ask: (question: string) => Promise<boolean | null>
}

/** What a command came to. `main` alone prints it and ends the process. */
export interface Answer {
  readonly exit: ExitName
  /** The exit code of a program that this one was asked to run, in place of that of `exit`. */
  readonly exitCode?: number
  /** Documented content of `--json`. */
  readonly data: Readonly<Record<string, unknown>>
  readonly findings: readonly Finding[]
  /** The same for a person, made only where it is printed. */
  readonly view: (style: Style) => string
  /** Lines that keep coming, such as a followed log. */
  readonly stream?: AsyncIterable<string>
  /** With --json each of those lines is a document already. */
  readonly streamsDocuments?: true
}

/** The command line asked for something that does not exist or does not go together. */
export class UsageProblem extends Error {
  readonly hint: string
  /** The command that was meant, where the words of the command line themselves were wrong. */
  readonly command: string | null

  constructor(message: string, hint: string, command: string | null = null) {
    super(message)
    this.name = 'UsageProblem'
    this.hint = hint
    this.command = command
  }
}

/** Findings ended the command before it came to an answer. */
export class Refused extends Error {
  readonly findings: readonly Finding[]
  readonly exit: ExitName | null
  /** What the findings are about, where their places do not say it. */
  readonly about: string | null

  constructor(findings: readonly Finding[], exit: ExitName | null = null, about: string | null = null) {
    super(findings.map(({ message }) => message).join('; '))
    this.name = 'Refused'
    this.findings = findings
    this.exit = exit
    this.about = about
  }
}

/** A person said no to a question. That is no mistake: nothing was done, and the change is still to come. */
export class Declined extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.name = 'Declined'
    this.hint = hint
  }
}

/** A person or the system asked to stop. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted')
    this.name = 'Interrupted'
  }
}
