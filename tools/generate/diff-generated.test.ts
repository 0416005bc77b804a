import { expect, test } from 'vitest'
import { plantedTree } from '../test/planted-tree.ts'
import { diffGenerated } from './diff-generated.ts'

const generator = (files: Record<string, string>) => ({ id: 'pages', owns: ['docs/a.md', 'docs/all/'], files: async () => files })

test.each([
  ['nothing when all is as written', { 'docs/a.md': 'a', 'docs/all/b.md': 'b' }, {}, []],
  ['a file that is missing', { 'docs/all/b.md': 'b' }, {}, ['docs/a.md missing']],
  ['a file edited by hand', { 'docs/a.md': 'edited', 'docs/all/b.md': 'b' }, {}, ['docs/a.md differs']],
  [
    'a file that the generator no longer writes',
    { 'docs/a.md': 'a', 'docs/all/b.md': 'b', 'docs/all/old/c.md': 'c' },
    {},
    ['docs/all/old/c.md extra'],
  ],
  ['a generator that writes what it does not own', { 'docs/a.md': 'a', 'docs/all/b.md': 'b' }, { 'README.md': 'x' }, ['README.md outside']],
])('finds %s', async (_what, tree, more, expected) => {
  const root = plantedTree({ ...tree, 'docs/foreign.md': 'x' })
  const differences = await diffGenerated(root, generator({ 'docs/a.md': 'a', 'docs/all/b.md': 'b', ...more }))
  expect(differences.map(({ path, kind }) => `${path} ${kind}`)).toEqual(expected)
})
