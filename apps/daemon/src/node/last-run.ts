import { embeddedLive, type UnitManagerKind } from '@sanctum/contracts'
import type { LastRun } from '@sanctum/probes'
import { readStateFile } from './state-file.ts'

/** How and when the last run of a job ended; null where nobody wrote it down. The embedded supervisor does; what others remember is in the state of the unit. */
export async function readLastRun(manager: UnitManagerKind, home: string, service: string): Promise<LastRun | null> {
  if (manager !== 'embedded') return null
  const live = embeddedLive.safeParse(await readStateFile(`${home}/state/embedded/live/${service}.json`)).data
  if (live == null || live.last_exit === null || live.last_exit_at_ms === null) return null
  return { ...live.last_exit, endedAtMs: live.last_exit_at_ms }
}
