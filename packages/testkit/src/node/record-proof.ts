import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a test programme came to: enough to repeat it, and to see when what it proves has changed since. */
export interface Proof {
  /** One name for ever; a later run takes the place of an earlier one. */
  readonly programme: string
  /** Null where nothing was left to chance. */
  readonly seed: number | string | null
  readonly counts: Readonly<Record<string, number>>
  readonly failures: number
  /** Files and folders from the root of the repository whose change makes the proof stale: the code, and the programme itself. */
  readonly guards: readonly string[]
}

let recorded = 0

/** Reports to the folder that SANCTUM_PROOFS names, from which a lane makes its table and the ledger; without the variable to nobody. */
export function recordProof(proof: Proof): void {
  const folder = process.env.SANCTUM_PROOFS
  if (folder === undefined || folder === '') return
  mkdirSync(folder, { recursive: true })
  recorded += 1
  writeFileSync(join(folder, `${process.pid}-${performance.timeOrigin}-${recorded}.json`), JSON.stringify(proof))
}
