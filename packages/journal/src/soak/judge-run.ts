import { type Envelope, envelope, exitCodes, type SoakOutcome, scrub } from '@sanctum/contracts'

/** How a required command ended. */
export type CommandEnd =
  | { readonly kind: 'ended'; readonly code: number | null; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'late'; readonly deadlineS: number }
  | { readonly kind: 'absent'; readonly why: string }

export interface RunJudgement {
  readonly outcome: SoakOutcome
  readonly exit: number | null
  readonly finding: string | null
}

const LONGEST = 300

/** Clean is an exit of 0 and nothing else. Who is not there, or waits for another run, has said neither yes nor no. */
export function judgeRun(end: CommandEnd): RunJudgement {
  if (end.kind === 'absent') return { outcome: 'unknown', exit: null, finding: end.why }
  if (end.kind === 'late') return { outcome: 'red', exit: null, finding: `it did not end within ${end.deadlineS} s` }
  if (end.code === 0) return { outcome: 'clean', exit: 0, finding: null }
  const finding = cut(scrub(firstFinding(end) ?? `it ended with ${end.code ?? 'a signal'}`))
  return { outcome: end.code === exitCodes.locked.code ? 'unknown' : 'red', exit: end.code, finding }
}

/** A document of Sanctum names its first error; of any other program the last line counts. */
function firstFinding({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string | null {
  const document = parseEnvelope(stdout)
  const [error] = document?.errors ?? []
  if (error !== undefined) return `${error.code}: ${error.message}`
  const [warning] = document?.data.findings ?? []
  if (warning !== undefined) return `${warning.code}: ${warning.message}`
  if (document !== null) return null
  return lastLine(stderr) ?? lastLine(stdout)
}

function parseEnvelope(text: string): Envelope | null {
  try {
    return envelope.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

function lastLine(text: string): string | null {
  return text.trim().split('\n').at(-1)?.trim() || null
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
