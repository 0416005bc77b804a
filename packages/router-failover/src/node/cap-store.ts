import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type CapLedger, readCapLedger } from '../caps/cap-ledger.ts'

/** Keeps the ledger of the daily caps over restarts. */
export interface CapStore {
  /** What was saved last; null where nothing is, or it cannot be read. */
  load(): CapLedger | null
  save(ledger: CapLedger): void
}

/** The ledger in one file, replaced whole. A file that cannot be read counts as none: a cap is no reason not to answer. */
export function createFileCapStore(path: string): CapStore {
  return {
    load() {
      try {
        return readCapLedger(JSON.parse(readFileSync(path, 'utf8')))
      } catch {
        return null
      }
    },
    save(ledger) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      const next = `${path}.next`
      writeFileSync(next, JSON.stringify(ledger), { mode: 0o600 })
      renameSync(next, path)
    },
  }
}
