import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Run, repository } from './test-haus.ts'

const program = join(repository, 'apps/cli/dist/sanctumctl.js')

export interface Started {
  readonly child: ChildProcess
  /** What it has written so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  readonly ended: Promise<Run>
}

export interface StartOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Standard input is not even open. */
  readonly closesStdin?: boolean
  /** An open file that takes standard output in place of a pipe. */
  readonly stdout?: number
  /** What is started in place of the program with its arguments. */
  readonly words?: readonly string[]
  /** Longest time, ms; it is killed then and ends without a code. */
  readonly timeoutMs?: number
}

/** The real program, still running. */
export function startProgram(args: readonly string[], options: StartOptions): Started {
  const { env, closesStdin = false, stdout, timeoutMs = 15_000, words = [process.execPath, program, ...args] } = options
  const [command = '', ...rest] = closesStdin ? ['/bin/sh', '-c', 'exec "$0" "$@" <&-', ...words] : words
  const child = spawn(command, rest, {
    cwd: repository,
    env: { PATH: process.env['PATH'], ...env } as NodeJS.ProcessEnv,
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  const text = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (text.stdout += part))
  child.stderr?.setEncoding('utf8').on('data', (part: string) => (text.stderr += part))
  const ended = new Promise<Run>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...text }))
  })
  return { child, stdout: () => text.stdout, stderr: () => text.stderr, ended }
}
