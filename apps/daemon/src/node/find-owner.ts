const DEADLINE_MS = 1500

/** Who listens on a TCP port, as far as the system says; loaded only when it is asked, which is once and at the end. */
export async function findOwner(port: number): Promise<string | null> {
  const { gatherObservations } = await import('@sanctum/host-resolver/node')
  const { listeners } = await gatherObservations({ deadlineMs: DEADLINE_MS })
  const holder = listeners.find((listener) => listener.protocol === 'tcp' && listener.port === port)
  if (holder === undefined || holder.pid === null) return null
  return holder.program === null ? `process ${holder.pid}` : `${holder.program} (process ${holder.pid})`
}
