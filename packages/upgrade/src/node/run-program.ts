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
  /** Called once it has its pid. The program begins only when this has come to its end, and not at all where this fails. */
  readonly onStart?: (pid: number) => Promise<void>
  /** Each line that it writes on stderr, without its end. */
  readonly onLine?: (line: string) => void
}

export type ProgramEnd =
  | { readonly kind: 'ended'; readonly code: number | null; readonly stdout: string; readonly tail: readonly string[] }
  | { readonly kind: 'late' | 'stopped'; readonly tail: readonly string[] }
  | { readonly kind: 'absent'; readonly why: string }

/** Waits for a word on its input, and becomes the program then; where whoever started it is gone, it ends instead. */
const GATE = 'read -r go && exec "$@" </dev/null'

const MOST_OUTPUT = 16_000_000
const TAIL_LINES = 12

/** Runs a program to its end or its deadline, in a group of its own, so that nothing which it has started outlives either. */
export function runProgram({ words, folder, environment, deadlineMs, signal, onStart, onLine }: ProgramRun): Promise<ProgramEnd> {
  const [program = '', ...args] = words
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({ kind: 'stopped', tail: [] })
    const [file, ...given] = onStart === undefined ? [program, ...args] : ['/bin/sh', '-c', GATE, 'sh', program, ...args]
    const child = spawn(file, given, {
      cwd: folder,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment as NodeJS.ProcessEnv,
    })
    // Who ends before it has read is told of elsewhere.
    child.stdin.on('error', () => undefined)
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
    let unnoted: string | null = null
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
      if (unnoted !== null) finish({ kind: 'absent', why: unnoted })
      else finish(ending === null ? { kind: 'ended', code, stdout, tail } : { kind: ending, tail })
    })
    if (onStart === undefined || child.pid === undefined) child.stdin.end()
    else
      onStart(child.pid).then(
        () => child.stdin.end('go\n'),
        (error: unknown) => {
          unnoted = `it was not begun, because it could not be noted: ${error instanceof Error ? error.message : String(error)}`
          end('stopped')
        },
      )
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
