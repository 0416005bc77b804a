import { createServer } from 'node:net'

/** Below the ports that a system gives to outgoing connections, so that none of those takes one of ours meanwhile. */
const LOWEST_PORT = 20_000
/** Test files that run at the same time have numbers that differ by less, and each takes from a stretch of its own. */
const STRETCHES = 4
const STRETCH = 3_000

const lowest = LOWEST_PORT + (Number(process.env['VITEST_POOL_ID'] ?? 0) % STRETCHES) * STRETCH
/** Two runs of the tests on one machine begin at different places. */
let next = (process.pid * 37) % STRETCH

/** Ports that nobody listens on now; no two calls give the same, nor do two test files that run side by side. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    next = (next + 1) % STRETCH
    if (await isFree(lowest + next)) ports.push(lowest + next)
  }
  return ports
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  return port as number
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
