import type { HostObservations } from '@sanctum/contracts'
import { observeListeners } from './observe-listeners.ts'
import { observeModelServers } from './observe-model-servers.ts'
import { createGathering } from './unread.ts'

export interface ObservationsRequest {
  /** For everything together; 2,000 by default. */
  readonly deadlineMs?: number
  /** Where programs are looked for, by its PATH; the usual folders by default. */
  readonly env?: NodeJS.ProcessEnv
  /** False: nobody is asked anything, only the listeners are read. */
  readonly modelServers?: boolean
}

/** Who listens and which model servers answer, now. Never throws; what could not be read in time is in `unread`. */
export async function gatherObservations({
  deadlineMs = 2000,
  env = {},
  modelServers = true,
}: ObservationsRequest = {}): Promise<HostObservations> {
  const gathering = createGathering(deadlineMs)
  const listeners = await observeListeners(gathering, env)
  const model_servers = modelServers ? await gathering.read('model_servers', () => observeModelServers(listeners, gathering), []) : []
  return { schema_version: 1, at_ms: Date.now(), listeners, model_servers, unread: gathering.unread }
}
