import { exitCodes, Fault, type UpgradeDocument } from '@sanctum/contracts'
import { numberOf } from '@sanctum/generations'
import type { CommandContext } from '../command.ts'
import { confirmFirst } from '../haus/confirm-generation.ts'
import { loadRunningHaus, readKeptHaus } from '../haus/kept-haus.ts'
import { seeTrial } from '../haus/trial.ts'
import type { Ports, UpgradePort } from '../ports.ts'
import { asEnvironment } from './run-revision.ts'

const LOCK_PATIENCE_MS = 120_000
const ROLLBACK_MS = 600_000
/** As long as the way back of somebody else may take before it is taken for stuck. */
const OTHER_MS = 120_000
const LOOK_MS = 50

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
    await goBackOnce(ports)
    // The watchdog may have begun and been cut short; what is due then is tried once more.
    if (seeTrial(ports).judgement.kind === 'due') await goBackOnce(ports)
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
  if (end.kind !== 'ended' || end.code !== exitCodes.ok.code || !isBefore(ports, before))
    return `sanctumctl rollback ${before} did not bring it back`
  return confirmBack(context, before)
}

/** Its services have proven well once more; left on trial it would be taken back in its turn. */
async function confirmBack(context: CommandContext, before: number): Promise<string | null> {
  const { ports } = context
  const { confirmed } = ports.generations([]).readPointers()
  const isOnTrial = seeTrial(ports).judgement.kind !== 'none'
  if (!isOnTrial && (confirmed.kind !== 'set' || confirmed.number === before)) return null
  const lock = await ports.lock({ waitMs: LOCK_PATIENCE_MS })
  if (lock.kind === 'busy') return `generation ${before} holds and is not confirmed, because another run is at work`
  try {
    if (!isBefore(ports, before)) return `generation ${before} came back and was changed at once`
    await confirmFirst(ports, readKeptHaus(ports, before) ?? (await loadRunningHaus(context)).haus, {
      generation: before,
      command: 'upgrade',
    })
    return null
  } finally {
    lock.release()
  }
}

/** The watchdog may be at it already; then the process that was asked has nothing to do, and the end of the other one counts. */
async function goBackOnce(ports: Ports): Promise<void> {
  await ports.goBack()
  const deadline = ports.clock.monotonic() + OTHER_MS
  while (seeTrial(ports).judgement.kind === 'waiting' && ports.clock.monotonic() < deadline)
    await ports.clock.pause(LOOK_MS, new AbortController().signal)
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
