import { expect, test } from 'vitest'
import { plantedTree } from '../test/planted-tree.ts'
import { readProofs, renderProofs } from './proofs.ts'

const proof = { programme: 'kills', seed: 2, counts: { kills: 40 }, failures: 0, guards: ['packages/a'] }

test('a programme that reports in parts is one line', () => {
  const root = plantedTree({
    '1.json': JSON.stringify(proof),
    '2.json': JSON.stringify({ ...proof, seed: 1, counts: { kills: 4_000, commits: 3 }, failures: 1, guards: ['packages/b'] }),
    '3.json': JSON.stringify({ ...proof, programme: 'cuts', seed: null }),
  })
  expect(readProofs(root)).toEqual([
    { ...proof, programme: 'cuts', seed: null },
    { programme: 'kills', seed: '1 2', counts: { kills: 4_040, commits: 3 }, failures: 1, guards: ['packages/a', 'packages/b'] },
  ])
  expect(
    renderProofs(readProofs(root))
      .split('\n')
      .map((line) => line.replace(/ {2,}/g, ' | ')),
  ).toEqual(['proofs', 'cuts | 40 kills | 0 failed', 'kills | seed 1 2 | 4,040 kills, 3 commits | 1 failed'])
})

test('no folder, no proofs', () => {
  expect(readProofs('/nonexistent')).toEqual([])
})
