import { compareText, type GenerationDocument, type Leftover } from '@sanctum/contracts'

/** Published path to every digest that Sanctum ever put there. It is derived from the generations that are kept. */
export type Ledger = ReadonlyMap<string, ReadonlySet<string>>

/** What Sanctum owns outside: all that any kept generation published or still knew of. */
export function toLedger(documents: readonly GenerationDocument[]): Ledger {
  const ledger = new Map<string, Set<string>>()
  const add = (path: string, digests: readonly string[]) => {
    const known = ledger.get(path) ?? new Set<string>()
    for (const digest of digests) known.add(digest)
    ledger.set(path, known)
  }
  for (const { surfaces, leftovers } of documents) {
    for (const { publish, digest } of surfaces) if (publish !== null) add(publish, [digest])
    for (const { path, digests } of leftovers) add(path, digests)
  }
  return ledger
}

/** The part of the ledger that a new generation carries on: what it does not want itself and is still there. */
export function toLeftovers(ledger: Ledger, isStillThere: (path: string) => boolean, wanted: ReadonlySet<string>): Leftover[] {
  return [...ledger]
    .filter(([path]) => !wanted.has(path) && isStillThere(path))
    .map(([path, digests]) => ({ path, digests: [...digests].sort(compareText) }))
    .sort((a, b) => compareText(a.path, b.path))
}
