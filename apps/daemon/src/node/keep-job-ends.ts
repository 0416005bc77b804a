import { type JobEnds, jobEnds, type UnitState } from '@sanctum/contracts'
import { noteJobEnds, withJobEnds } from '@sanctum/supervisor'
import { readStateFile, writeStateFile } from './state-file.ts'

/** How often what was seen is written where nothing ended. */
const WRITE_MS = 60_000

/** Writes down when jobs ended, for a manager that counts their runs and says no time. Returns the states with the times that were seen. */
export function createJobEndKeeper(home: string, nowMs: () => number): (states: readonly UnitState[]) => Promise<readonly UnitState[]> {
  const path = `${home}/state/job-ends.json`
  let known: JobEnds | null = null
  let written: JobEnds | null = null

  return async (states) => {
    if (!states.some(({ runs }) => runs !== undefined)) return states
    known ??= jobEnds.safeParse(await readStateFile(path)).data ?? null
    const next = noteJobEnds(known, states, nowMs())
    known = next
    const isNew =
      written === null || next.seen_at_ms - written.seen_at_ms >= WRITE_MS || JSON.stringify(next.jobs) !== JSON.stringify(written.jobs)
    if (isNew) {
      written = next
      // What cannot be written is known until this process ends.
      await writeStateFile(path, next).catch(() => {})
    }
    return withJobEnds(states, next)
  }
}
