import { createRandom } from '@sanctum/testkit'
import { recordProof } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { contend } from './contend.ts'
import { plantedRows } from './planted-rows.ts'

const isLong = process.env['SANCTUM_TEST_LONG'] === '1'
const rounds = isLong ? 10_000 : 1_000
const seed = Number(process.env['SANCTUM_TEST_SEED'] ?? Date.now() % 1e9)

test(`${rounds} contentions with a kill in each: never two, never none, the next within a second or two`, {
  timeout: 1_800_000,
}, async () => {
  const contention = await contend({ kind: 'real', rounds, random: createRandom(seed) })
  const sorted = [...contention.recoveriesMs].sort((a, b) => a - b)
  const at = (part: number) => (sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN).toFixed(1)
  const { inside, leaving, acquiring } = contention.kills
  console.info(
    `${contention.rounds} contentions, killed: ${inside} inside, ${leaving} while they let go, ${acquiring} while they tried; ` +
      `recovery in ms: median ${at(0.5)}, 99% ${at(0.99)}, longest ${at(1)}; ${contention.described} holders named, ${contention.slept} slept; seed ${seed}`,
  )
  recordProof({
    programme: 'lock-contention',
    seed,
    counts: { contentions: contention.rounds, killed_inside: inside, killed_leaving: leaving, killed_acquiring: acquiring },
    failures: contention.problem === null ? 0 : 1,
    guards: ['packages/journal/src', 'packages/journal/test'],
  })
  expect(contention.problem).toBeNull()
  expect(contention).toMatchObject({ rounds, described: rounds / 10, slept: rounds / 100 })
  expect(Math.min(inside, leaving, acquiring)).toBeGreaterThan(rounds / 10)
  expect(sorted.at(-1)).toBeLessThan(2_000)
})

test.each(plantedRows)('the same contention finds $plant', async ({ attack, expected }) => {
  expect(await attack()).toMatchObject({ kind: 'caught', violation: expect.stringMatching(expected) })
})
