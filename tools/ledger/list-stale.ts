import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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

/** What to type to prove it anew: the case alone, or the file alone that runs the programme. */
export function remedyOf(root: string, { ledger, name }: Pick<Stale, 'ledger' | 'name'>): string {
  if (ledger === 'bench') return `tools/sanctumctl bench --only ${name}`
  const file = globSync('{apps,packages}/**/*.test.ts', { cwd: root, exclude: ['**/node_modules/**'] })
    .sort()
    .find((path) => readFileSync(join(root, path), 'utf8').includes(`programme: '${name}'`))
  if (file === undefined) return 'tools/sanctumctl test --long'
  return `tools/sanctumctl test --long --lane ${file.endsWith('.real.test.ts') ? 'real' : 'unit'} ${file}`
}
