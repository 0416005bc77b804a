import type { HostObservations } from '@sanctum/contracts'
import { observeListeners } from './observe-listeners.ts'
import { observeModelServers } from './observe-model-servers.ts'
import { createGathering } from './unread.ts'

/** Who listens and which model servers answer, now. Never throws; bounded by the deadline, 2,000 ms by default. */
export async function gatherObservations({
  deadlineMs = 2000,
  env = process.env,
}: {
  readonly deadlineMs?: number
  readonly env?: NodeJS.ProcessEnv
} = {}): Promise<HostObservations> {
  const gathering = createGathering(deadlineMs)
  const listeners = await observeListeners(gathering, env)
  const model_servers = await gathering.read('model_servers', () => observeModelServers(listeners, gathering), [])
  return { schema_version: 1, at_ms: Date.now(), listeners, model_servers, unread: gathering.unread }
}
