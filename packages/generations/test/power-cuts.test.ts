import { recordProof } from '@sanctum/testkit/node'
import { describe, expect, test } from 'vitest'
import { fileSystemContract } from './file-system-contract.ts'
import { attackPower } from './power/attack-power.ts'
import { recordStories } from './power/commit-stories.ts'
import { createTreeFileSystem } from './power/tree-file-system.ts'

const DISKS = process.env['SANCTUM_TEST_LONG'] === '1' ? 1_000_000 : 200_000
const seed = Number(process.env['SANCTUM_TEST_SEED'] ?? 1)

test(`${DISKS} disks that a power cut may leave: the old or the new, nothing promised is lost, no person is needed`, async () => {
  const begun = performance.now()
  const { points, disks, runs, rejudged, violations } = await attackPower(await recordStories(), { disks: DISKS, seed, rejudgesEvery: 500 })
  const rate = Math.round(disks / ((performance.now() - begun) / 1000))
  console.info(
    `power cuts, modelled: ${disks} different disks at ${points} points, ${runs} runs of the recovery, ${rejudged} verdicts compared, ${rate}/s, seed ${seed}`,
  )
  recordProof({
    programme: 'power cuts, modelled',
    seed,
    counts: { disks, points, 'runs of the recovery': runs, 'verdicts compared': rejudged },
    failures: violations.length,
    guards: ['packages/generations/src', 'packages/generations/test/power', 'packages/generations/test/power-cuts.test.ts'],
  })
  expect(violations.slice(0, 10)).toEqual([])
  expect(disks).toBeGreaterThanOrEqual(DISKS)
  expect(rejudged).toBeGreaterThan(DISKS / 2_000)
}, 600_000)

describe('the tree that the model records', () => {
  fileSystemContract(async () => ({ fileSystem: createTreeFileSystem(), root: '/made/here' }))
})
