import { connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { OwnNetwork } from '../judge-myself.ts'

/** Looks at the one who looks. */
export interface MyselfObserver {
  /** The longest hold-up of this process since the last call. */
  loopDelayMs(): number
  lookAtNetwork(): Promise<OwnNetwork>
  close(): void
}

const RESOLUTION_MS = 20
const LOOPBACK_MS = 1000

export function createMyselfObserver(): MyselfObserver {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  return {
    loopDelayMs() {
      const longest = delay.max / 1e6
      delay.reset()
      // Each sample holds the pause between two of them besides.
      return Math.max(0, longest - RESOLUTION_MS)
    },
    lookAtNetwork: async () => ({ loopback: await reachesItself(), uplink: hasUplink() }),
    close: () => void delay.disable(),
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
