import type { Compaction } from '@sanctum/journal'
import { expect, test } from 'vitest'
import { runCompaction } from './run-compaction.ts'

/** Runs until the outcomes are used up; what was logged, and how long it slept before each. */
async function run(outcomes: readonly (Compaction | Error)[]) {
  const ending = new AbortController()
  const left = [...outcomes]
  const logged: string[] = []
  const slept: number[] = []
  await runCompaction((level, event) => void logged.push(`${level} ${event}`), ending.signal, {
    compact: async () => {
      const outcome = left.shift() as Compaction | Error
      if (left.length === 0) ending.abort()
      if (outcome instanceof Error) throw outcome
      return outcome
    },
    sleep: async (ms) => void slept.push(ms / 60_000),
  })
  return { logged, slept }
}

const removed = (count: number): Compaction => ({ kind: 'compacted', removed: count })

test('a portion at a time, soon again while there is more, then hours later', async () => {
  expect((await run([removed(2_000), removed(3), removed(0)])).slept).toEqual([10, 0.5, 360, 360])
})

test('damage and a disk that is full are told and end nothing', async () => {
  const { logged } = await run([{ kind: 'damaged', damage: [{ seq: 4, why: 'gone' }] }, new Error('disk full'), removed(1)])
  expect(logged).toEqual(['error journal-damaged', 'error compaction-failed', 'info journal-compacted'])
})
