import type { HostObservations } from '@sanctum/contracts'

const DEADLINE_MS = 1500

type GatherObservations = (options: { readonly deadlineMs: number }) => Promise<Pick<HostObservations, 'listeners'>>

/** Who listens on a TCP port, as far as the system says. */
export async function findOwner(port: number, gatherObservations: GatherObservations): Promise<string | null> {
  const { listeners } = await gatherObservations({ deadlineMs: DEADLINE_MS })
  const holder = listeners.find((listener) => listener.protocol === 'tcp' && listener.port === port)
  if (holder === undefined || holder.pid === null) return null
  return holder.program === null ? `process ${holder.pid}` : `${holder.program} (process ${holder.pid})`
}
