import type { AttemptFailure } from '../request/attempt-failure.ts'
import type { AttemptClocks } from '../request/request-loop.ts'

/** What of an attempt its clocks are held against. */
export interface Timed {
  readonly startedAtMs: number
  readonly phase: AttemptFailure['phase'] | 'over'
  readonly firstOutputAtMs: number | null
  readonly lastOutputAtMs: number | null
  /** When it gave its reason to end. */
  readonly finishedAtMs: number | null
  /** Since when its client does not read. */
  readonly pausedAtMs: number | null
}

export type ExpiredClock = Pick<AttemptFailure, 'cause' | 'message'>

const total: ExpiredClock = { cause: 'total-timeout', message: 'its answer took longer than the request may' }
const connect: ExpiredClock = { cause: 'connect-timeout', message: 'it took no connection in time' }
const firstToken: ExpiredClock = { cause: 'first-token-timeout', message: 'its first token did not come in time' }
const idle: ExpiredClock = { cause: 'idle-timeout', message: 'its answer stopped and did not go on' }

/** The clock that has run out, or null. A client that does not read stops the idle clock: the silence is its own. */
export function findExpiredClock(
  seen: Timed,
  { connectMs, firstTokenMs, idleMs, totalMs }: AttemptClocks,
  nowMs: number,
): ExpiredClock | null {
  const tookMs = nowMs - seen.startedAtMs
  if (tookMs >= totalMs) return total
  if (seen.phase === 'connect') return tookMs >= connectMs ? connect : null
  if (seen.firstOutputAtMs === null) return tookMs >= firstTokenMs ? firstToken : null
  if (seen.pausedAtMs !== null || seen.finishedAtMs !== null) return null
  return nowMs - (seen.lastOutputAtMs ?? nowMs) >= idleMs ? idle : null
}
