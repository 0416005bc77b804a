import { createServer, type Server } from 'node:net'
import { createGenerations } from '@sanctum/generations/node'
import { observe } from '@sanctum/probes/node'
import { buildHaus, buildHttpProbe, buildProvision, buildService } from '@sanctum/testkit'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { afterEach, expect, it } from 'vitest'
import type { CommandContext } from '../src/command.ts'
import { observeStatus } from '../src/haus/observe-status.ts'

const BLACK_HOLES = 12
/** Each would wait this long by itself. */
const GIVEN_MS = 20_000
const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

/** Takes a connection and never answers. */
async function openBlackHole(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined).resume())
  servers.push(server)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return (server.address() as { port: number }).port
}

async function look(ports: readonly number[], longestMs: number) {
  const home = await createTemporaryFolder()
  const services = ports.map((port, index) =>
    buildService(`hole-${index}`, {
      kind: 'external',
      run: null,
      provides: [buildProvision(port)],
      health: { liveness: buildHttpProbe(port, { timeout_ms: GIVEN_MS }) },
    }),
  )
  const context = {
    ports: {
      clock: { now: Date.now },
      generations: () => createGenerations({ home: home.path, roots: [] }),
      units: () => ({ list: async () => [] }),
      observe,
    },
  } as unknown as CommandContext
  try {
    return (await observeStatus(context, buildHaus(services), { longestMs })).services
  } finally {
    await home.remove()
  }
}

it('waits for a dozen targets that never answer as long as for one, and calls them unknown', async () => {
  const ports = await Promise.all(Array.from({ length: BLACK_HOLES }, openBlackHole))
  const before = performance.now()
  const rows = await look(ports, 500)
  // Far above one wait, for a machine under load, and below the time of two of the waits that the targets are given.
  expect(performance.now() - before).toBeLessThan(GIVEN_MS / 2)
  expect(rows.map(({ verdict }) => verdict)).toEqual(Array(BLACK_HOLES).fill('could-not-check'))
  expect(rows[0]?.why).toMatch(/within 500 ms; it may take 20000 ms, but this look waits no longer/)
})

it('calls a target that refuses what it is: nobody is there, and nothing was cut short', async () => {
  const port = await openBlackHole()
  await new Promise((resolve) => servers.pop()?.close(resolve))
  const [row] = await look([port], 500)
  expect(row?.verdict).toBe('failed')
})
