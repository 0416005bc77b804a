import { exitCodes, Fault, type UpgradeDocument } from '@sanctum/contracts'
import { numberOf } from '@sanctum/generations'
import type { CommandContext } from '../command.ts'
import { seeTrial } from '../haus/trial.ts'
import type { Ports, UpgradePort } from '../ports.ts'
import { asEnvironment } from './run-revision.ts'

const LOCK_PATIENCE_MS = 120_000
const ROLLBACK_MS = 600_000

/** Makes the generation hold again that held before, by another process. Null where it does, else why not. */
export async function bringBack(
  context: CommandContext,
  port: UpgradePort,
  { before }: UpgradeDocument,
  why: string,
): Promise<string | null> {
  const { ports } = context
  const { trial, judgement } = seeTrial(ports)
  if (trial !== null && judgement.kind !== 'none') {
    await failTrial(ports, why)
    await ports.goBack()
    if (isBefore(ports, before) && seeTrial(ports).judgement.kind === 'none') return null
    return `generation ${trial.generation} is still on trial`
  }
  if (isBefore(ports, before)) return null
  if (before === null) return 'there was no generation before'
  // Where nothing could be on trial, as in a haus that is down, an ordinary rollback is the way.
  const end = await port.run({
    words: [...port.self, 'rollback', String(before), '--on-trial-for', String(ports.machine.self().pid), '--json', '--yes'],
    folder: ports.home,
    environment: asEnvironment(ports),
    deadlineMs: ROLLBACK_MS,
    signal: new AbortController().signal,
  })
  return end.kind === 'ended' && end.code === exitCodes.ok.code ? null : `sanctumctl rollback ${before} did not bring it back`
}

/** Nobody waits for the deadline of what is known to have failed. */
async function failTrial(ports: Ports, why: string): Promise<void> {
  const lock = await ports.lock({ waitMs: LOCK_PATIENCE_MS })
  if (lock.kind === 'busy') throw new Fault('LOCKED', 'another run is at work', { retryable: true })
  try {
    const { trial, judgement } = seeTrial(ports)
    if (trial !== null && judgement.kind === 'waiting') await ports.generations([]).noteTrial({ ...trial, state: 'failed', why })
  } finally {
    lock.release()
  }
}

function isBefore({ generations }: Ports, before: number | null): boolean {
  return numberOf(generations([]).readPointers().current) === before
}
