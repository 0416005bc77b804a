import type { RouteDefinition } from '../config/router-definition.ts'

/** Completion tokens of a UTC day, by route. Plain data: written to disk as it is, and read again after a restart. */
export interface CapLedger {
  /** `2026-04-25`, in UTC. */
  readonly day: string
  readonly tokens: Readonly<Record<string, number>>
}

export function createCapLedger(wallMs: number): CapLedger {
  return { day: toDay(wallMs), tokens: {} }
}

/**
 * The ledger of the day that it is; a clock that was set back does not open a spent day again. A day that is further ahead than any zone
 * was written by a clock that was wrong: what was spent counts as spent today, so that it ends with today.
 */
export function rollCaps(ledger: CapLedger, wallMs: number): CapLedger {
  const day = toDay(wallMs)
  if (ledger.day > toDay(wallMs + dayMs)) return { day, tokens: ledger.tokens }
  return day > ledger.day ? { day, tokens: {} } : ledger
}

export function spendTokens(ledger: CapLedger, route: string, tokens: number, wallMs: number): CapLedger {
  const today = rollCaps(ledger, wallMs)
  if (!(tokens > 0)) return today
  return { day: today.day, tokens: { ...today.tokens, [route]: (today.tokens[route] ?? 0) + tokens } }
}

export function isCapSpent(ledger: CapLedger, route: RouteDefinition): boolean {
  const cap = route.dailyCapCompletionTokens
  return cap !== null && (Object.hasOwn(ledger.tokens, route.name) ? (ledger.tokens[route.name] as number) : 0) >= cap
}

/** What a file said, if it can be a ledger; null otherwise. */
export function readCapLedger(value: unknown): CapLedger | null {
  if (typeof value !== 'object' || value === null) return null
  const { day, tokens } = value as Record<string, unknown>
  if (typeof day !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(day) || typeof tokens !== 'object' || tokens === null) return null
  const entries = Object.entries(tokens)
  if (!entries.every(([, count]) => typeof count === 'number' && Number.isFinite(count) && count >= 0)) return null
  return { day, tokens: Object.fromEntries(entries) as Record<string, number> }
}

/** Seconds until the next UTC day. */
export function secondsToNextDay(wallMs: number): number {
  return Math.ceil((dayMs - (((wallMs % dayMs) + dayMs) % dayMs)) / 1000)
}

const dayMs = 86_400_000

function toDay(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10)
}
