import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { recordProof } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'

const requests = process.env['SANCTUM_TEST_LONG'] === '1' ? 200_000 : 20_000
const firstSeed = Number(process.env['SANCTUM_TEST_SEED'] ?? Date.now() % 1_000_000)

const outcomeNames = ['answered', 'refused', 'told-and-cut', 'left', 'lost', 'truncated'] as const

interface Seen {
  readonly outcomes: Readonly<Record<(typeof outcomeNames)[number], number>>
  readonly counted: number
  readonly busy: readonly string[]
  readonly heapGrowthBytes: number
  readonly atStart: number
  readonly atEnd: number
}

test(`${requests} requests over faulty servers: each ends once, none takes half an answer for a whole one, and nothing is left behind`, async () => {
  // Two routers, each in a process of its own, so that nothing else keeps memory or descriptors there.
  const each = requests / 2
  const seen = await Promise.all([firstSeed, firstSeed + 1].map((seed) => runChaos(seed, each)))
  for (const { outcomes, counted, busy, heapGrowthBytes, atStart, atEnd } of seen) {
    console.log(JSON.stringify({ outcomes, heapGrowthBytes, descriptors: [atStart, atEnd] }))
    expect([outcomes.truncated, outcomes.lost]).toEqual([0, 0])
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(each)
    expect(outcomes.answered).toBeGreaterThan(each / 3)
    // Who leaves before a word has arrived was never seen.
    expect(counted).toBeLessThanOrEqual(each)
    expect(counted).toBeGreaterThanOrEqual(each - outcomes.left)
    expect(busy).toEqual([])
    expect(heapGrowthBytes).toBeLessThan(16 * 1_048_576)
    expect(atEnd).toBeLessThanOrEqual(atStart + 8)
  }
  const totals = Object.fromEntries(outcomeNames.map((name) => [name, seen.reduce((sum, { outcomes }) => sum + outcomes[name], 0)]))
  recordProof({
    programme: 'router-chaos',
    seed: firstSeed,
    counts: { requests, ...totals },
    failures: 0,
    guards: ['packages/router-failover/src', 'packages/router-failover/test/router-chaos.ts'],
  })
}, 3_600_000)

test('half an answer that looks whole is seen by the judge of the chaos', async () => {
  const { outcomes } = await runChaos(firstSeed, 300, 'planted')
  expect(outcomes.truncated).toBeGreaterThan(0)
})

async function runChaos(seed: number, count: number, ...more: readonly string[]): Promise<Seen> {
  console.log(`seed ${seed}`)
  const program = fileURLToPath(new URL('router-chaos.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@sanctum/source', '--expose-gc', program, String(seed), String(count), ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const chunk of child.stdout) text += String(chunk)
  return JSON.parse(text) as Seen
}
