import { setTimeout as sleep } from 'node:timers/promises'
import { Fault, type ProcessIdentity } from '@sanctum/contracts'
import type { ProcessTable } from './process-table.ts'

/** Time to end in order. One that a signal has stopped never hears TERM, so it should not be long. */
const TERM_MS = 3000
const KILL_MS = 5000
const LOOK_MS = 20

/** Ends this process and no later one with its pid, by TERM, then KILL. Resolves when it is gone; throws TIMED_OUT where it stays. */
export async function endProcess({ pid, start_time }: ProcessIdentity, processes: Pick<ProcessTable, 'startTime'>): Promise<void> {
  const isGone = (): boolean => processes.startTime(pid) !== start_time
  for (const [signal, patienceMs] of [
    ['SIGTERM', TERM_MS],
    ['SIGKILL', KILL_MS],
  ] as const) {
    if (isGone()) return
    signalProcess(pid, signal)
    await until(isGone, patienceMs)
  }
  if (!isGone()) throw new Fault('TIMED_OUT', `process ${pid} could not be ended`)
}

/** It may have ended between the look and the signal. */
function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function until(isTrue: () => boolean, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!isTrue() && performance.now() < deadline) await sleep(LOOK_MS)
}
