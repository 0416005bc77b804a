import { type CapLedger, createCapLedger, rollCaps, spendTokens } from '../caps/cap-ledger.ts'
import type { RouteDefinition } from '../config/router-definition.ts'
import type { CapStore } from './cap-store.ts'

export interface CapKeeperOptions {
  /** Absent: a restart begins the day anew. */
  readonly store: CapStore | undefined
  readonly onUnsaved: (why: string) => void
  /** Told of the sums that requests are judged by from now on. */
  readonly onSettled: (ledger: CapLedger) => void
}

/** Tokens of the day by route, summed up now and then and kept across restarts. */
export interface CapKeeper {
  ledger(): CapLedger
  spend(route: RouteDefinition, tokens: number): void
  /** Everything that was spent so far is in it. */
  settle(): CapLedger
  saveDue(atMs: number): void
  save(atMs: number): void
}

const saveMs = 5_000

export function keepCaps({ store, onUnsaved, onSettled }: CapKeeperOptions): CapKeeper {
  const spent = new Map<string, number>()
  let caps = rollCaps(store?.load() ?? createCapLedger(Date.now()), Date.now())
  let isSaved = true
  let savedAtMs = performance.now()

  function settle(): CapLedger {
    caps = rollCaps(caps, Date.now())
    for (const [route, tokens] of spent) {
      caps = spendTokens(caps, route, tokens, Date.now())
      isSaved = false
    }
    spent.clear()
    onSettled(caps)
    return caps
  }

  function save(atMs: number): void {
    settle()
    savedAtMs = atMs
    if (isSaved || store === undefined) return
    try {
      store.save(caps)
      isSaved = true
    } catch (error) {
      onUnsaved(error instanceof Error && 'code' in error ? String(error.code) : 'unknown')
    }
  }

  return {
    ledger: () => caps,
    spend(route, tokens) {
      spent.set(route.name, (spent.get(route.name) ?? 0) + tokens)
      // Where no cap is, nobody needs the sum at once.
      if (route.dailyCapCompletionTokens !== null) settle()
    },
    settle,
    saveDue(atMs) {
      if (atMs - savedAtMs >= saveMs) save(atMs)
    },
    save,
  }
}
