import { expect, test } from 'vitest'
import { plantedTree } from '../test/planted-tree.ts'
import { sourceClosure } from './source-closure.ts'

const files = {
  'apps/a/src/answer.ts':
    "import type { Told } from './told.ts'\nimport { type Seen, look } from './look.ts'\nimport { join } from 'node:path'\nimport { judge } from '@sanctum/p'\nexport { more } from './more.ts'\n",
  'apps/a/src/look.ts': "import * as whole from '@sanctum/p/node'\nimport { answer } from './answer.ts'\n",
  'apps/a/src/more.ts': "import './beside.ts'\nexport const more = 1\n",
  'apps/a/src/beside.ts': "const { late: now } = await import('@sanctum/q')\nconst more = () => import('./later.ts')\n",
  'apps/a/src/later.ts': "const { join } = await import('node:path')\n",
  'apps/a/src/told.ts': '',
  'apps/a/src/answer.test.ts': "import './only-in-tests.ts'\n",
  'apps/a/src/only-in-tests.ts': '',
  'packages/p/src/index.ts': "export * from './judge.ts'\nexport { other } from './other.ts'\n",
  'packages/p/src/judge.ts': "import { rule } from './rule.ts'\nexport const judge = rule\n",
  'packages/p/src/rule.ts': 'export const rule = 1\n',
  'packages/p/src/other.ts': 'export const other = 1\n',
  'packages/q/src/index.ts': "export { late } from './late.ts'\nexport { never } from './never.ts'\n",
  'packages/q/src/late.ts': 'export const late = 1\n',
  'packages/q/src/never.ts': 'export const never = 1\n',
  'packages/p/src/node/index.ts': "export * from './open.ts'\n",
  'packages/p/src/node/open.ts': 'export const open = 1\n',
}

test('is all that runs of what is imported, of a package only what is named, and of a folder all but its tests', () => {
  const root = plantedTree(files)
  const whole = [
    ...['answer', 'beside', 'later', 'look', 'more'].map((name) => `apps/a/src/${name}.ts`),
    ...['judge', 'node/open', 'rule'].map((name) => `packages/p/src/${name}.ts`),
    'packages/q/src/late.ts',
  ]
  expect(sourceClosure(root, ['apps/a/src/answer.ts'])).toEqual(whole)
  expect(sourceClosure(root, ['apps/a/src'])).toEqual([...whole, 'apps/a/src/only-in-tests.ts', 'apps/a/src/told.ts'].sort())
  expect(sourceClosure(root, ['apps/a/src/gone.ts'])).toEqual([])
})

test('a name that no index passes on is told, and not left out', () => {
  const root = plantedTree({ ...files, 'apps/a/src/later.ts': "import { gone } from '@sanctum/p'\n" })
  expect(() => sourceClosure(root, ['apps/a/src/answer.ts'])).toThrow('packages/p/src/index.ts passes on no gone')
})
