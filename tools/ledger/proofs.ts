import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Proof } from '../../packages/testkit/src/node/record-proof.ts'
import { describeMachine, readCommit } from '../bench/describe-machine.ts'
import { renderTable } from '../bench/render-table.ts'
import { digestOfPaths } from './digest-of-paths.ts'
import { type LongEntry, writeLedger } from './ledger.ts'

/** What the programmes of a run reported; one that reported more than once, as a whole. */
export function readProofs(folder: string): readonly Proof[] {
  if (!existsSync(folder)) return []
  const read = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Proof)
  const byName = Map.groupBy(read, ({ programme }) => programme)
  return [...byName.values()].map((parts) => parts.reduce(addProofs)).sort((a, b) => (a.programme < b.programme ? -1 : 1))
}

function addProofs(a: Proof, b: Proof): Proof {
  const names = [...new Set([...Object.keys(a.counts), ...Object.keys(b.counts)])]
  return {
    programme: a.programme,
    seed: [...new Set([a.seed, b.seed].filter((seed) => seed !== null).map(String))].sort().join(' ') || null,
    counts: Object.fromEntries(names.map((name) => [name, (a.counts[name] ?? 0) + (b.counts[name] ?? 0)])),
    failures: a.failures + b.failures,
    guards: [...new Set([...a.guards, ...b.guards])].sort(),
  }
}

export function renderProofs(proofs: readonly Proof[]): string {
  const rows = proofs.map(({ programme, seed, counts, failures }) => [
    programme,
    seed === null ? '' : `seed ${seed}`,
    renderCounts(counts),
    `${failures} failed`,
  ])
  return ['proofs', renderTable(rows)].join('\n')
}

export function renderCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count.toLocaleString('en')} ${name}`)
    .join(', ')
}

/** Into the ledger of the long lane. */
export function recordProofs(root: string, proofs: readonly Proof[]): void {
  const run = { commit: readCommit(root), date: new Date().toISOString().slice(0, 10), machine: describeMachine() }
  const entries = proofs.map(({ programme, ...proof }): [string, LongEntry] => [
    programme,
    { ...run, ...proof, digest: digestOfPaths(root, proof.guards) },
  ])
  writeLedger(root, 'long', Object.fromEntries(entries))
}
