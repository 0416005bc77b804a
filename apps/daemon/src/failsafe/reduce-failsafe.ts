/** What the failsafe saw of the watchdog. */
export type WatchdogSight =
  /** It answers with a fresh cycle. */
  | { readonly kind: 'well' }
  /** No process, and nobody answers. */
  | { readonly kind: 'dead'; readonly why: string }
  /** A process, but no answer, or an answer that its loop stands still. */
  | { readonly kind: 'stalled'; readonly why: string }
  /** Somebody else answers at its port. */
  | { readonly kind: 'foreign'; readonly why: string }
  /** A person took it down. */
  | { readonly kind: 'not-wanted' }

export interface FailsafeMemory {
  readonly kind: WatchdogSight['kind'] | 'unknown'
  readonly inARow: number
  /** Starts since it was last well for long. */
  readonly attempts: number
  readonly quietUntilMs: number
  readonly wellSinceMs: number | null
}

export type FailsafeAction =
  | { readonly do: 'nothing' }
  | { readonly do: 'start' | 'replace'; readonly why: string }
  | { readonly do: 'report'; readonly why: string }

export const freshMemory: FailsafeMemory = { kind: 'unknown', inARow: 0, attempts: 0, quietUntilMs: 0, wellSinceMs: null }

/** Dead is plain to see; a stall might be a moment of load. */
const NEEDED = { dead: 2, stalled: 3, foreign: 3 } as const
const GRACE_MS = 10_000
const LONGEST_PAUSE_MS = 60_000
const WELL_AFTER_MS = 60_000

/** Times are monotonic. After each start it waits: first for the start itself, then longer and longer. */
export function reduceFailsafe(
  memory: FailsafeMemory,
  sight: WatchdogSight,
  nowMs: number,
): { readonly memory: FailsafeMemory; readonly action: FailsafeAction } {
  const inARow = memory.kind === sight.kind ? memory.inARow + 1 : 1
  const next = { ...memory, kind: sight.kind, inARow }
  if (sight.kind === 'not-wanted') return { memory: { ...freshMemory, kind: sight.kind, inARow }, action: { do: 'nothing' } }
  if (sight.kind === 'well') return { memory: calmDown(next, nowMs), action: { do: 'nothing' } }
  const isDue = inARow >= NEEDED[sight.kind] && nowMs >= memory.quietUntilMs
  if (!isDue) return { memory: { ...next, wellSinceMs: null }, action: { do: 'nothing' } }
  // What answers there was not started by us; ending it is a person's decision. Said once, then again after each pause.
  const act = sight.kind === 'foreign' ? 'report' : sight.kind === 'dead' ? 'start' : 'replace'
  const attempts = memory.attempts + 1
  const pauseMs = Math.min(LONGEST_PAUSE_MS, GRACE_MS * 2 ** Math.min(memory.attempts, 8))
  return { memory: { ...next, inARow: 0, attempts, quietUntilMs: nowMs + pauseMs, wellSinceMs: null }, action: { do: act, why: sight.why } }
}

function calmDown(memory: FailsafeMemory, nowMs: number): FailsafeMemory {
  const wellSinceMs = memory.wellSinceMs ?? nowMs
  return nowMs - wellSinceMs >= WELL_AFTER_MS ? { ...memory, wellSinceMs, attempts: 0, quietUntilMs: 0 } : { ...memory, wellSinceMs }
}
