import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { MachineSeen } from '../bench/describe-machine.ts'

/** What a run that nobody repeats for every change has proven, checked in beside the code that it was proven of. */
export interface Ledger<Entry extends LedgerEntry> {
  readonly schema_version: 1
  /** By the name of the programme or case. */
  readonly entries: Readonly<Record<string, Entry>>
}

export interface LedgerEntry {
  readonly commit: string
  /** UTC, to the day. */
  readonly date: string
  readonly machine: MachineSeen
  /** Pathspecs of git whose content it rests on. */
  readonly guards: readonly string[]
  readonly digest: string
}

export interface LongEntry extends LedgerEntry {
  readonly seed: number | string | null
  readonly counts: Readonly<Record<string, number>>
  readonly failures: number
}

export interface BenchEntry extends LedgerEntry {
  readonly figures: readonly {
    readonly what: string
    readonly command: string
    /** Median with its unit, and that of the other where there is one. */
    readonly ours: string
    readonly theirs: string | null
    readonly bound: string
    readonly reached: string
    readonly verdict: string
  }[]
}

export const ledgers = { long: 'ledgers/long.json', bench: 'ledgers/bench.json' } as const
export type LedgerName = keyof typeof ledgers

export function readLedger<Entry extends LedgerEntry>(root: string, name: LedgerName): Ledger<Entry> {
  const file = join(root, ledgers[name])
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { schema_version: 1, entries: {} }
}

/** Entries of the same names are replaced, the others stay: a part may be proven anew alone. */
export function writeLedger<Entry extends LedgerEntry>(root: string, name: LedgerName, entries: Readonly<Record<string, Entry>>): void {
  const merged = { ...readLedger<Entry>(root, name).entries, ...entries }
  const sorted = Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1)))
  const file = join(root, ledgers[name])
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ schema_version: 1, entries: sorted }, null, 2)}\n`)
}
