import { spawn } from 'node:child_process'
import { scrub } from '@sanctum/contracts'

export interface ProgramRun {
  /** The program and its arguments. */
  readonly words: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly deadlineMs: number
  /** Ends it, with all that it has started. */
  readonly signal: AbortSignal
  /** Called once it has its pid. */
  readonly onStart?: (pid: number) => void
  /** Each line that it writes on stderr, without its end. */
  readonly onLine?: (line: string) => void
}

export type ProgramEnd =
  | { readonly kind: 'ended'; readonly code: number | null; readonly stdout: string; readonly tail: readonly string[] }
  | { readonly kind: 'late' | 'stopped'; readonly tail: readonly string[] }
  | { readonly kind: 'absent'; readonly why: string }

const MOST_OUTPUT = 16_000_000
const TAIL_LINES = 12

/** Runs a program to its end or its deadline, in a group of its own, so that nothing which it has started outlives either. */
export function runProgram({ words, folder, environment, deadlineMs, signal, onStart, onLine }: ProgramRun): Promise<ProgramEnd> {
  const [program = '', ...args] = words
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({ kind: 'stopped', tail: [] })
    const child = spawn(program, args, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment as NodeJS.ProcessEnv,
    })
    let stdout = ''
    let rest = ''
    const tail: string[] = []
    const take = (line: string) => {
      if (line.trim() === '') return
      tail.push(scrub(line))
      if (tail.length > TAIL_LINES) tail.shift()
      onLine?.(line)
    }
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      if (stdout.length < MOST_OUTPUT) stdout += part
    })
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      const lines = `${rest}${part}`.split('\n')
      rest = lines.pop() ?? ''
      lines.forEach(take)
    })
    let ending: 'late' | 'stopped' | null = null
    const end = (kind: 'late' | 'stopped') => {
      ending ??= kind
      if (child.pid !== undefined) killGroup(child.pid)
    }
    const stop = () => end('stopped')
    const timer = setTimeout(() => end('late'), deadlineMs)
    signal.addEventListener('abort', stop)
    const finish = (result: ProgramEnd) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      resolve(result)
    }
    child.on('error', (error) => finish({ kind: 'absent', why: error.message }))
    child.on('close', (code) => {
      take(rest)
      finish(ending === null ? { kind: 'ended', code, stdout, tail } : { kind: ending, tail })
    })
    if (child.pid !== undefined) onStart?.(child.pid)
  })
}

/** Ends a group of processes; whether it was there. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
