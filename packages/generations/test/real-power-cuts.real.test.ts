import { recordProof } from '@sanctum/testkit/node'
import { describe, expect, test } from 'vitest'
import { cutRealPower } from './power/cut-real-power.ts'
import { whyNoCuts } from './power/why-no-cuts.ts'

const why = whyNoCuts(process.env)
const CUTS = process.env['SANCTUM_TEST_LONG'] === '1' ? 300 : 30
const seed = Number(process.env['SANCTUM_TEST_SEED'] ?? 1)

describe.skipIf(why !== null)(`an ext4 whose power is cut${why === null ? '' : ` (${why})`}`, () => {
  test(`${CUTS} cuts while a process commits without a pause: whole, nothing promised is lost, no person is needed`, async () => {
    const { cuts, problems } = await cutRealPower({ cuts: CUTS, plant: 'none', seed })
    const count = (wanted: string) => cuts.filter(({ outcome }) => outcome === wanted).length
    console.info(
      `power cuts of an ext4: ${cuts.length}, ${count('discarded')} taken back, ${count('finished')} finished, ${count('clean')} between two runs, last version ${cuts.at(-1)?.promised}, seed ${seed}`,
    )
    recordProof({
      programme: 'power cuts of an ext4',
      seed,
      counts: { cuts: cuts.length, 'taken back': count('discarded'), finished: count('finished'), 'between two runs': count('clean') },
      failures: problems.length,
      guards: ['packages/generations/src', 'packages/generations/test/power', 'packages/generations/test/real-power-cuts.real.test.ts'],
    })
    expect(problems).toEqual([])
    expect(cuts).toHaveLength(CUTS)
    // The cuts fell inside of runs, or they would show nothing.
    expect(count('discarded') + count('finished')).toBeGreaterThan(0)
  }, 600_000)
})
