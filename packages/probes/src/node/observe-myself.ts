import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { OwnNetwork } from '../judge-myself.ts'

/** Looks at the one who looks. */
export interface MyselfObserver {
  /** The longest hold-up of this process since the last call. */
  loopDelayMs(): number
  lookAtNetwork(): Promise<OwnNetwork>
  close(): void
}

const TICK_MS = 200
const LOOPBACK_MS = 1000

export function createMyselfObserver(): MyselfObserver {
  // Not perf_hooks: after a reset its histogram misses the very hold-up that is under way.
  let tickedMs = performance.now()
  let longestMs = 0
  const tick = (): void => {
    const nowMs = performance.now()
    longestMs = Math.max(longestMs, nowMs - tickedMs - TICK_MS)
    tickedMs = nowMs
  }
  const timer = setInterval(tick, TICK_MS).unref()
  return {
    loopDelayMs() {
      const seenMs = Math.max(longestMs, performance.now() - tickedMs - TICK_MS)
      longestMs = 0
      return seenMs
    },
    lookAtNetwork: async () => ({ loopback: await reachesItself(), uplink: hasUplink() }),
    close: () => clearInterval(timer),
  }
}

/** A connection to a listener of our own: whatever fails here is nobody else's fault. */
async function reachesItself(): Promise<boolean> {
  const server = createServer((socket) => socket.destroy())
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), LOOPBACK_MS)
      server.on('error', () => resolve(false))
      server.listen(0, '127.0.0.1', () => {
        const socket = connect((server.address() as { port: number }).port, '127.0.0.1')
        socket.once('connect', () => resolve(true))
        socket.once('error', () => resolve(false))
        socket.once('close', () => socket.destroy())
      })
    })
  } finally {
    clearTimeout(timer)
    server.close()
  }
}

function hasUplink(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ internal, address }) => !internal && !/^(fe80:|169\.254\.)/i.test(address)),
  )
}
