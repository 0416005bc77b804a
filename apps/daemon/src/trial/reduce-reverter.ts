import type { TrialJudgement } from '@sanctum/generations'

/** What a role remembers of the ways back that it asked for. Times are monotonic. */
export interface ReverterMemory {
  /** Ways back that were asked for since nothing was due. */
  readonly attempts: number
  readonly quietUntilMs: number
}

export const freshReverter: ReverterMemory = { attempts: 0, quietUntilMs: 0 }

const FIRST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 600_000

/** Whether to ask for the way back now: while one is due, at first at once, then less and less often. One at a time. */
export function reduceReverter(
  memory: ReverterMemory,
  { judgement, isRunning }: { readonly judgement: TrialJudgement['kind']; readonly isRunning: boolean },
  nowMs: number,
): { readonly memory: ReverterMemory; readonly asks: boolean } {
  if (isRunning) return { memory, asks: false }
  if (judgement !== 'due') return { memory: freshReverter, asks: false }
  if (nowMs < memory.quietUntilMs) return { memory, asks: false }
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(memory.attempts, 8))
  return { memory: { attempts: memory.attempts + 1, quietUntilMs: nowMs + pauseMs }, asks: true }
}
