import { expect, test } from 'vitest'
import { plantedTree } from '../test/planted-tree.ts'
import { checkBoundaries } from './boundaries.ts'

const rooms = Object.fromEntries(
  ['packages/contracts', 'packages/catalog', 'packages/render', 'packages/testkit', 'apps/cli', 'apps/daemon'].map((path) => [
    `${path}/package.json`,
    '{}',
  ]),
)

/** One planted violation for each import rule of ARCHITECTURE.md. */
test.each([
  ['contracts imports zod only', 'packages/contracts/src/a.ts', "import { parse } from 'yaml'", "yaml is not of this package's trade"],
  ['contracts imports no package', 'packages/contracts/src/a.ts', "import '@sanctum/catalog'", 'packages meet only in contracts'],
  ['packages do not import each other', 'packages/catalog/src/a.ts', "import { x } from '@sanctum/render'", 'imports @sanctum/render'],
  ['not even for types', 'packages/catalog/src/a.ts', "export type X = import('@sanctum/render').X", 'imports @sanctum/render'],
  ['not even late', 'packages/catalog/src/a.ts', "await import('@sanctum/render')", 'imports @sanctum/render'],
  ['not even in tests', 'packages/catalog/src/a.test.ts', "import '@sanctum/render'", 'imports @sanctum/render'],
  ['not by a path', 'packages/catalog/src/a.ts', "export * from '../../render/src/index.ts'", 'reaches out of packages/catalog'],
  [
    'third-party libraries are of the package’s trade',
    'packages/catalog/src/node/a.ts',
    "import { Hono } from 'hono'",
    "hono is not of this package's trade",
  ],
  [
    'an unlisted package has no third-party library',
    'packages/render/src/a.ts',
    "import { z } from 'zod'",
    "zod is not of this package's trade",
  ],
  ['pure code imports nothing of Node', 'packages/catalog/src/a.ts', "import { join } from 'node:path'", 'pure code imports node:path'],
  ['not without the prefix', 'packages/catalog/src/a.ts', "import { join } from 'path/posix'", 'pure code imports path/posix'],
  ['pure code does not know its implementations', 'packages/catalog/src/a/b.ts', "import '../node/c.ts'", 'pure code imports ../node/c.ts'],
  ['pure code has no clock', 'packages/catalog/src/a.ts', 'export const now = Date.now()', 'Date.now; time and chance are arguments'],
  ['not by the constructor', 'packages/catalog/src/a.ts', 'export const now = new Date()', 'new Date()'],
  ['not by another name', 'packages/catalog/src/a.ts', 'const { now } = Date', 'Date.now'],
  ['not by a bracket', 'packages/catalog/src/a.ts', "export const now = Date['now']", 'Date.now'],
  ['pure code has no chance', 'packages/catalog/src/a.ts', 'export const pick = Math.random', 'Math.random'],
  [
    'only wire.ts imports implementations',
    'apps/cli/src/commands/up.ts',
    "import { x } from '@sanctum/catalog/node'",
    'outside of wire.ts',
  ],
  ['not even main.ts', 'apps/cli/src/main.ts', "import { x } from '@sanctum/catalog/node'", 'outside of wire.ts'],
  ['apps do not import each other', 'apps/cli/src/wire.ts', "import '@sanctum/daemon'", 'an app imports @sanctum/daemon'],
  ['not by a path', 'apps/cli/src/wire.ts', "import '../../daemon/src/main.ts'", 'reaches out of apps/cli'],
  [
    'main.ts alone reads the environment',
    'apps/cli/src/wire.ts',
    'export const home = process.env.HOME',
    'process.env is for main.ts alone',
  ],
  ['not by an import', 'apps/cli/src/a.ts', "import { env } from 'node:process'", 'process.env is for main.ts alone'],
  ['main.ts alone reads argv', 'apps/daemon/src/a.ts', 'const { argv } = process', 'process.argv is for main.ts alone'],
  ['main.ts alone writes', 'apps/cli/src/commands/up.ts', "console.log('up')", 'console.log is for main.ts alone'],
  ['main.ts alone ends the process', 'packages/catalog/src/node/a.ts', 'process.exit(1)', 'process.exit is for main.ts alone'],
])('%s: %s', async (_rule, file, source, problem) => {
  const root = plantedTree({ ...rooms, [file]: `// a line\n${source}\n` })
  expect(await checkBoundaries(root)).toEqual([expect.stringMatching(new RegExp(`^${file}:2: .*${literal(problem)}`))])
})

test('files that import each other are told, also for types alone and over a third', async () => {
  const root = plantedTree({
    ...rooms,
    'packages/catalog/src/a.ts': "import type { B } from './b.ts'\nexport type A = B\n",
    'packages/catalog/src/b.ts': "export * from './c.ts'\n",
    'packages/catalog/src/c.ts': "import './d.ts'\nimport type { A } from './a.ts'\nexport type B = A\n",
    'packages/catalog/src/d.ts': 'export {}\n',
  })
  const [a, b, c] = ['a', 'b', 'c'].map((name) => `packages/catalog/src/${name}.ts`)
  expect(await checkBoundaries(root)).toEqual([`${c}:2: imports in a circle: ${a} → ${b} → ${c} → ${a}`])
})

test('what the rules allow is left alone', async () => {
  const root = plantedTree({
    ...rooms,
    'packages/contracts/src/a.ts': "import * as z from 'zod'\nimport './b.ts'\n",
    'packages/contracts/src/b.ts': 'export const at = new Date(0)\n',
    'packages/catalog/src/a.ts':
      "import '@sanctum/contracts'\nimport { parse } from 'yaml'\nexport const text = 'Date.now()' // Math.random()\n",
    'packages/catalog/src/node/index.ts': "import { join } from 'node:path'\nimport '../a.ts'\nexport const now = () => Date.now()\n",
    'packages/catalog/src/a.test.ts':
      "import '@sanctum/testkit'\nimport '@sanctum/catalog'\nimport { test } from 'vitest'\nimport 'node:fs'\n",
    'packages/catalog/test/b.test.ts': "import '../../../catalogs/facts/a.json'\n",
    'packages/catalog/tsup.config.ts': "export { default } from '../../tools/build/tsup-package.ts'\n",
    'apps/cli/src/ports.ts': "import type { Clock } from '@sanctum/catalog/node'\n",
    'apps/cli/src/wire.ts': "import '@sanctum/catalog/node'\nimport '@sanctum/catalog'\n",
    'apps/cli/src/main.ts': "import './wire.ts'\nprocess.exitCode = process.argv.length\nconsole.log(process.env.HOME)\n",
  })
  expect(await checkBoundaries(root)).toEqual([])
})

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
