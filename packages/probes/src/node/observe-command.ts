import { type ChildProcess, spawn } from 'node:child_process'
import type { Sight } from '../judge-answer.ts'
import type { CommandTarget } from '../kinds/command.ts'
import type { ProbeOf } from '../probe-kind.ts'

const MAX_OUTPUT_BYTES = 64 * 1024
/** A child of the command may keep its output open after the command has ended; nobody waits for that. */
const OUTPUT_GRACE_MS = 200

/** Runs the command in a process group of its own, all of which is killed at the deadline. No shell reads the arguments. */
export async function observeCommand(
  probe: ProbeOf<'command'>,
  { command: [program, ...args] }: CommandTarget,
  deadline: AbortSignal,
): Promise<Sight> {
  const child = spawn(program as string, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  const output = collect(child)
  const onDeadline = (): void => killGroup(child)
  deadline.addEventListener('abort', onDeadline, { once: true })
  try {
    const end = await ended(child)
    return judgeEnd(probe, end, end.kind === 'ended' && !deadline.aborted ? await output() : '', deadline.aborted)
  } finally {
    deadline.removeEventListener('abort', onDeadline)
    killGroup(child)
    child.stdout?.destroy()
  }
}

type End =
  | { readonly kind: 'ended'; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: 'not-started'; readonly why: string }

function ended(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve({ kind: 'not-started', why: error.code ?? error.message }))
    child.once('exit', (code, signal) => resolve({ kind: 'ended', code, signal }))
  })
}

function judgeEnd(probe: ProbeOf<'command'>, end: End, output: string, isOver: boolean): Sight {
  if (end.kind === 'not-started') return { kind: 'could-not-check', detail: `cannot start ${probe.command[0]}: ${end.why}` }
  if (isOver) return { kind: 'failed', cause: 'timeout', detail: `no end within ${probe.timeout_ms} ms` }
  if (end.signal !== null) return wrong(`ended by ${end.signal}`)
  const wanted = probe.exit ?? [0]
  if (!wanted.includes(end.code as number)) return wrong(`ended with code ${end.code}, wanted ${wanted.join(' or ')}`)
  if (probe.contains !== undefined && !output.includes(probe.contains))
    return wrong(`its output does not hold ${JSON.stringify(probe.contains)}`)
  return { kind: 'passed', detail: `ended with code ${end.code}` }
}

function wrong(detail: string): Sight {
  return { kind: 'failed', cause: 'wrong-answer', detail }
}

function collect(child: ChildProcess): () => Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  child.stdout?.on('data', (chunk: Buffer) => {
    if (sizeBytes < MAX_OUTPUT_BYTES) chunks.push(chunk)
    sizeBytes += chunk.length
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return async () => {
    let timer: NodeJS.Timeout | undefined
    await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, OUTPUT_GRACE_MS)))])
    clearTimeout(timer)
    return Buffer.concat(chunks).toString('utf8')
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The whole group has ended.
  }
}
