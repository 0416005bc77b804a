import { expect, test } from 'vitest'
import { plantedTree } from '../../test/planted-tree.ts'
import { listExports } from './list-exports.ts'

test('what an entry exports, its neighbours included, with what stands above it', () => {
  const root = plantedTree({
    'index.ts': "export * from './one.ts'\nexport { kept } from './two.ts'\n",
    'one.ts':
      '/** Adds.\n * Throws for none. */\nexport function add(a: number): number {\n  return a\n}\n// no docstring\nexport const value = 1\nfunction hidden() {}\n',
    'two.ts': '/** Kept. */\nexport interface kept { a: 1 }\nexport type left = 1\n',
  })
  expect(listExports(root, 'index.ts')).toEqual([
    { name: 'add', kind: 'function', doc: 'Adds. Throws for none.', signature: 'function add(a: number): number', file: 'one.ts' },
    { name: 'value', kind: 'value', doc: '', signature: null, file: 'one.ts' },
    { name: 'kept', kind: 'type', doc: 'Kept.', signature: null, file: 'two.ts' },
  ])
})
