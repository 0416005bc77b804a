import { digestOfPaths } from './digest-of-paths.ts'
import { type LedgerEntry, type LedgerName, ledgers, readLedger } from './ledger.ts'

export interface Stale {
  readonly ledger: LedgerName
  readonly name: string
  readonly why: string
}

/** What a ledger says and the code may no longer keep. A release needs this list to be empty; for a change it is a warning. */
export function listStale(root: string): readonly Stale[] {
  return (Object.keys(ledgers) as LedgerName[]).flatMap((ledger) =>
    Object.entries(readLedger(root, ledger).entries).flatMap(([name, entry]) => {
      const why = judgeEntry(root, entry)
      return why === null ? [] : [{ ledger, name, why }]
    }),
  )
}

function judgeEntry(root: string, { guards, digest, date }: LedgerEntry): string | null {
  try {
    return digestOfPaths(root, guards) === digest ? null : `${guards.join(', ')} changed since ${date}`
  } catch (error) {
    return (error as Error).message
  }
}

/** What to type to prove it anew. */
export function remedyOf({ ledger, name }: Stale): string {
  return ledger === 'bench' ? `tools/sanctumctl bench --only ${name}` : 'tools/sanctumctl test --long'
}
