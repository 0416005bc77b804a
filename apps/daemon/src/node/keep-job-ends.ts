import { type JobEnds, jobEnds, type UnitState } from '@sanctum/contracts'
import { noteJobEnds, withJobEnds } from '@sanctum/supervisor'
import { readStateFile, writeStateFile } from './state-file.ts'

type ListUnits = () => Promise<readonly UnitState[]>

export interface JobEndPorts {
  readonly nowMs: () => number
  readonly bootId: string | null
  readonly write?: typeof writeStateFile
}

/** How often what was seen is written where nothing ended. */
const WRITE_MS = 60_000

/**
 * Writes down when jobs ended, for a manager that counts their runs and says no time. Returns the states with the times that were seen. A
 * disk that is slow holds up no look: what is new is written beside it, one write at a time.
 */
export function createJobEndKeeper(home: string, ports: JobEndPorts): (list: ListUnits) => Promise<readonly UnitState[]> {
  const { nowMs, bootId, write = writeStateFile } = ports
  const path = `${home}/state/job-ends.json`
  let reading: Promise<void> | null = null
  let known: JobEnds | null = null
  let written: JobEnds | null = null
  let isWriting = false

  async function recall(): Promise<void> {
    known = jobEnds.safeParse(await readStateFile(path)).data ?? null
  }

  async function writeDown(): Promise<void> {
    if (isWriting) return
    isWriting = true
    while (known !== null && isNew(known, written)) {
      written = known
      // What cannot be written is known until this process ends, and tried again with the next that is new.
      await write(path, known).catch(() => {})
    }
    isWriting = false
  }

  return async (list) => {
    const askedAtMs = nowMs()
    const states = await list()
    if (!states.some(({ runs }) => runs !== undefined)) return states
    reading ??= recall()
    await reading
    // Two looks beside each other: the one that was asked for first knows less, and takes nothing back.
    if (known === null || known.seen_at_ms <= askedAtMs || known.seen_at_ms > nowMs())
      known = noteJobEnds(known, states, { askedAtMs, answeredAtMs: nowMs(), bootId })
    void writeDown()
    return withJobEnds(states, known)
  }
}

function isNew(next: JobEnds, written: JobEnds | null): boolean {
  return written === null || Math.abs(next.seen_at_ms - written.seen_at_ms) >= WRITE_MS || toText(next) !== toText(written)
}

function toText({ jobs, boot_id }: JobEnds): string {
  return JSON.stringify([jobs, boot_id])
}
