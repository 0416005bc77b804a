import { randomUUID } from 'node:crypto'
import { embeddedSupervisor, embeddedUnit, embeddedWanted, Fault } from '@sanctum/contracts'
import { embeddedHome } from './embedded-home.ts'
import { readJson } from './json-file.ts'
import { createProcessTable, type ProcessTable } from './process-table.ts'
import { type Environment, explainSpawnError, spawnUnit } from './spawn-unit.ts'

/** `dead`: one was here and ended without a word. */
export type SupervisorSight =
  | { readonly kind: 'running'; readonly pid: number; readonly startedAtMs: number; readonly definitions: string | null }
  | { readonly kind: 'dead'; readonly pid: number }
  | { readonly kind: 'none' }

/** Whether an embedded supervisor runs for this home. A process with the same pid that is another one is not taken for it. */
export function readSupervisor(home: string, processes: ProcessTable = createProcessTable()): SupervisorSight {
  const document = readJson(embeddedHome(home).supervisor, embeddedSupervisor)
  if (document === null) return { kind: 'none' }
  const { pid, start_time, boot_id, started_at_ms: startedAtMs, definitions } = document
  const isThere = boot_id === processes.bootId() && processes.startTime(pid) === start_time
  return isThere ? { kind: 'running', pid, startedAtMs, definitions } : { kind: 'dead', pid }
}

/** False only after a person took the supervisor down: whoever restarts a dead one asks this first. */
export function isSupervisorWanted(home: string, service = 'watchdog'): boolean {
  return readJson(embeddedHome(home).wanted(service), embeddedWanted)?.up ?? true
}

/**
 * Starts the supervisor of a home as its definition says, in a session of its own, and returns its pid as soon as the program runs.
 * PATH, HOME, USER, LANG and TZ of `environment` are handed on to it. If another one is faster, this one finds the lock taken and ends.
 * Throws a Fault where it cannot be started.
 */
export function startSupervisor(home: string, service = 'watchdog', environment: Environment = {}): Promise<number> {
  const definition = readJson(embeddedHome(home).definition(service), embeddedUnit)
  if (definition === null) {
    return Promise.reject(
      new Fault('UNAVAILABLE', `the current generation describes no ${service}`, {
        hint: 'Run sanctumctl up; it makes a generation that does.',
      }),
    )
  }
  return new Promise((resolve, reject) => {
    const child = spawnUnit({ definition, home, incarnation: randomUUID(), endFile: null, environment })
    child.once('error', (error) =>
      reject(new Fault('UNAVAILABLE', `${service}: ${explainSpawnError(error, definition)}`, { cause: error })),
    )
    child.once('spawn', () => resolve(child.pid as number))
  })
}
