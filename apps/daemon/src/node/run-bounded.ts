import { type ChildProcess, spawn } from 'node:child_process'

export interface BoundedEnd {
  readonly ok: boolean
  readonly why: string
}

/** Kept of what a command says last. */
const TAIL_BYTES = 2000

/**
 * Runs a command in a session of its own to its end, or ends all of it at the deadline. No shell reads it. What it says last is part of the
 * reason where it fails.
 */
export function runBounded(
  command: readonly string[],
  { timeoutMs, input = '' }: { readonly timeoutMs: number; readonly input?: string },
): Promise<BoundedEnd> {
  const [program, ...args] = command as [string, ...string[]]
  return new Promise((resolve) => {
    const unrun = (error: unknown) => ({
      ok: false,
      why: `${program} could not be run: ${error instanceof Error ? error.message : String(error)}`,
    })
    let child: ChildProcess
    try {
      child = spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    } catch (error) {
      resolve(unrun(error))
      return
    }
    let tail = ''
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      endGroup(child.pid)
    }, timeoutMs)
    const settle = (end: BoundedEnd): void => {
      clearTimeout(timer)
      // A grandchild that kept the pipes open must not keep us.
      for (const stream of [child.stdout, child.stderr]) stream?.destroy()
      resolve(end)
    }
    // A process that has no file descriptor left gets a child without pipes, and the error after it.
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        tail = (tail + chunk.toString('utf8')).slice(-TAIL_BYTES)
      })
    // A program that reads no input closes it before all is written.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
    child.on('error', (error) => settle(unrun(error)))
    child.on('exit', (code, signal) => {
      if (isLate) settle({ ok: false, why: `${program} did not end within ${timeoutMs / 1000} s and was ended` })
      else if (code === 0) settle({ ok: true, why: `${program} ended well` })
      else settle({ ok: false, why: `${program} ended ${signal === null ? `with code ${code}` : `by ${signal}`}${lastLine(tail)}` })
    })
  })
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

function lastLine(tail: string): string {
  const line = tail.trimEnd().split('\n').at(-1)?.trim() ?? ''
  return line === '' ? '' : `: ${line.slice(0, 200)}`
}
