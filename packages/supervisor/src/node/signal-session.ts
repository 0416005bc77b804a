import type { ProcessTable } from './process-table.ts'

/**
 * Ends the whole session of a leader by a signal: the group at once, so that no child forked meanwhile escapes; then what left the
 * group. A process that was stopped hears nothing until it continues, so that it would take the whole time to its KILL.
 */
export function signalSession(leader: number, signal: string, processes: ProcessTable): void {
  const strays = processes.session(leader).filter(({ group }) => group !== leader)
  for (const sent of signal === 'SIGKILL' ? [signal] : [signal, 'SIGCONT']) {
    signalProcess(-leader, sent)
    for (const { pid } of strays) signalProcess(pid, sent)
  }
}

/** Signals a process, or with a negative number a process group; nothing to do where it is gone already. */
export function signalProcess(pid: number, signal: string): void {
  try {
    process.kill(pid, signal as NodeJS.Signals)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Ends a session: the signal, the time it has, SIGKILL. Resolves when nothing of it is left, or with false if something stays. */
export async function endSession(
  leader: number,
  { signal, timeoutMs }: { readonly signal: string; readonly timeoutMs: number },
  processes: ProcessTable,
): Promise<boolean> {
  signalSession(leader, signal, processes)
  if (await isEmptied(leader, timeoutMs, processes)) return true
  signalSession(leader, 'SIGKILL', processes)
  return isEmptied(leader, KILL_MS, processes)
}

const KILL_MS = 5000
const LOOK_MS = 20

async function isEmptied(leader: number, ms: number, processes: ProcessTable): Promise<boolean> {
  for (const deadline = performance.now() + ms; processes.session(leader).length > 0; ) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return true
}
