import type { UpgradeDocument } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'
import { keepUpgrade } from './upgrade-record.ts'

/** An upgrade that is over: for the journal, the record and the receipt. The journal is first: cut off between them, the end is told again. */
export async function noteEnd(ports: Ports, run: UpgradeDocument): Promise<void> {
  const { kind, from, to, generation, outcome, why, steps } = run
  const proof = steps.flatMap(({ step, says }) => (proving.has(step) && says !== null ? [`${step}: ${says}`] : [])).join('; ')
  ports.journal.append({
    kind: 'upgrade-ended',
    subject: to.slice(0, 10),
    data: { id: run.id, kind, from, to, generation, outcome, why, proof, took_ms: steps.reduce((sum, { took_ms }) => sum + took_ms, 0) },
  })
  await keepUpgrade(ports, run)
}

const proving: ReadonlySet<string> = new Set(['doctor', 'verify', 'docs'])
