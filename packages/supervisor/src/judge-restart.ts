import { countWords } from '@sanctum/contracts'
/** How a unit is started again after it ended. */
export interface RestartPolicy {
  readonly delay_s: number
  /** The growing delay stops here; a run of at least this length was calm. */
  readonly max_delay_s: number
  readonly limit: { readonly starts: number; readonly window_s: number }
}

/** Starts within the window of the limit, and how many restarts followed each other without a calm run. Times count from the start of the machine. */
export interface RestartHistory {
  readonly startsUpMs: readonly number[]
  readonly streak: number
}

export type RestartVerdict =
  | { readonly kind: 'restart'; readonly atUpMs: number; readonly history: RestartHistory }
  | { readonly kind: 'give-up'; readonly why: string; readonly history: RestartHistory }

export const freshHistory: RestartHistory = { startsUpMs: [], streak: 0 }

/**
 * When a unit that ended is to be started again, or why not. The first restart after a calm run is immediate, since a lone crash gains
 * nothing from a wait; the next ones wait delay_s, doubled each time up to max_delay_s.
 */
export function judgeRestart(
  policy: RestartPolicy,
  history: RestartHistory,
  { upMs, ranMs, service }: { readonly upMs: number; readonly ranMs: number; readonly service: string },
): RestartVerdict {
  const streak = ranMs >= policy.max_delay_s * 1000 ? 0 : history.streak
  const atUpMs = upMs + delayMs(policy, streak, service)
  const startsUpMs = withinWindow(policy, history.startsUpMs, atUpMs)
  const next = { startsUpMs, streak: streak + 1 }
  if (startsUpMs.length < policy.limit.starts) return { kind: 'restart', atUpMs, history: next }
  const { starts, window_s } = policy.limit
  return {
    kind: 'give-up',
    why: `it was started ${countWords(startsUpMs.length, 'time')} within ${window_s} s; the limit is ${starts}`,
    history: next,
  }
}

/** The history with one more start. */
export function recordStart(policy: RestartPolicy, history: RestartHistory, upMs: number): RestartHistory {
  return { ...history, startsUpMs: [...withinWindow(policy, history.startsUpMs, upMs), upMs] }
}

function withinWindow({ limit }: RestartPolicy, startsUpMs: readonly number[], upMs: number): readonly number[] {
  return startsUpMs.filter((start) => start > upMs - limit.window_s * 1000)
}

function delayMs({ delay_s, max_delay_s }: RestartPolicy, streak: number, service: string): number {
  if (streak === 0) return 0
  const grown = delay_s * 1000 * 2 ** Math.min(streak - 1, 30)
  return Math.round(Math.min(grown * jitter(`${service}/${streak}`), Math.max(max_delay_s, delay_s) * 1000))
}

/** Between 0.9 and 1.1, the same for the same text: services that fell together do not come back together. */
function jitter(text: string): number {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return 0.9 + (0.2 * hash) / 0xffffffff
}
