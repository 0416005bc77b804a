import { spawnSync } from 'node:child_process'

export interface ProgramOptions {
  /** Besides PATH; nothing else of ours is handed on. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Exit codes that mean that it did its work. */
  readonly codes?: readonly number[]
  readonly input?: string
}

const LONGEST_RUN_MS = 600_000

/**
 * That a command line comes to an answer of that command and not to any failure whose exit code an answer may have too: what cannot
 * even start is quick. Returns the answer's findings.
 */
export function requireAnswer(
  [file, ...args]: readonly [string, ...string[]],
  { command, env }: { readonly command: string; readonly env: Readonly<Record<string, string>> },
): readonly { readonly code: string; readonly subject?: string }[] {
  const { stdout, stderr } = spawnSync(file, [...args, '--json'], {
    env: { PATH: process.env.PATH, ...env } as NodeJS.ProcessEnv,
    encoding: 'utf8',
    timeout: LONGEST_RUN_MS,
    maxBuffer: Number.POSITIVE_INFINITY,
  })
  try {
    const answer = JSON.parse(stdout)
    const says = Object.keys(answer.data).filter((name) => name !== 'findings')
    if (answer.command !== command || says.length === 0) throw new Error(JSON.stringify(answer.errors))
    return answer.data.findings
  } catch (error) {
    throw new Error(`${[file, ...args].join(' ')} gave no answer: ${(error as Error).message}: ${stderr.slice(-600)}`)
  }
}

/** Wall-clock ms of one run of a program, start included. An error if it ended with another code than those allowed. */
export function timeProgram([file, ...args]: readonly [string, ...string[]], { codes = [0], ...options }: ProgramOptions = {}): number {
  const begun = performance.now()
  const { status, signal, stderr, error } = spawnSync(file, args, {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, ...options.env } as NodeJS.ProcessEnv,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
    ...(options.input === undefined ? {} : { input: options.input }),
    encoding: 'utf8',
    timeout: LONGEST_RUN_MS,
    maxBuffer: Number.POSITIVE_INFINITY,
  })
  const tookMs = performance.now() - begun
  if (error !== undefined || status === null || !codes.includes(status))
    throw new Error(`${[file, ...args].join(' ')} ended with ${status ?? signal ?? error?.message}: ${stderr.trim().slice(-600)}`)
  return tookMs
}
