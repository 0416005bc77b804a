import { fileURLToPath } from 'node:url'
import type { Judgement } from '../lanes/test-receipt.ts'
import { type LedgerName, ledgers, readLedger } from './ledger.ts'
import { listStale } from './list-stale.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A release goes by what was proven of this very code, and of nothing older. */
function judge(): Judgement {
  const stale = listStale(root)
  const counts = Object.fromEntries(
    (Object.keys(ledgers) as LedgerName[]).map((name) => [name, Object.keys(readLedger(root, name).entries).length]),
  )
  if (stale.length === 0)
    return { ok: true, says: `${Object.values(counts).reduce((sum, count) => sum + count, 0)} entries, none of them stale`, counts }
  const named = stale.map(({ ledger, name }) => `${ledger} ${name}`)
  return {
    ok: false,
    says: `${stale.length} entries are stale: ${named.slice(0, 5).join(', ')}${named.length > 5 ? ' and more' : ''}; tools/sanctumctl check ledgers names them all, and what renews each`,
    counts: { ...counts, stale: stale.length },
  }
}

const judgement = judge()
console.log(JSON.stringify(judgement))
process.exitCode = judgement.ok ? 0 : 1
