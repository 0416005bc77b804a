import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plantedTree } from '../test/planted-tree.ts'
import { checkManifests, writeManifests } from './manifests.ts'

const good = {
  'pnpm-workspace.yaml': 'catalog:\n  yaml: 2.9.1\n',
  'packages/a/package.json': JSON.stringify({
    name: '@sanctum/a',
    version: '0.1.0',
    description: 'A.',
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    engines: { node: '^24.15.0 || >=26.0.0' },
    exports: { '.': { '@sanctum/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' } },
    files: ['dist'],
    publishConfig: { access: 'public', exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } } },
    scripts: { build: 'tsup && tsc -p tsconfig.build.json' },
    dependencies: { '@sanctum/contracts': 'workspace:^', yaml: 'catalog:' },
  }),
  'packages/a/src/index.ts': 'export const a = 1\n',
  'packages/a/README.md': '# a\n\n<!-- run -->\n```ts\nimport { a } from "@sanctum/a"\n```\n',
}

test('a manifest in step is left alone', async () => {
  expect(await checkManifests(plantedTree(good))).toEqual([])
})

test.each([
  ['another licence', { license: 'ISC' }, '"license" is "ISC", expected "MIT"'],
  ['CommonJS', { type: 'commonjs' }, '"type" is "commonjs"'],
  ['another name', { name: 'a' }, '"name" is "a"'],
  ['no engines', { engines: undefined }, '"engines" is missing'],
  ['no description', { description: undefined }, '"description" is missing'],
  ['exports that lie', { exports: { '.': './src/index.ts' } }, '"exports" is'],
  ['source published', { publishConfig: { access: 'public' } }, '"publishConfig" is'],
  ['tests published', { files: ['dist', 'test'] }, '"files" is'],
  ['a version of its own', { dependencies: { yaml: '^2.0.0' } }, 'yaml is "^2.0.0", expected "catalog:"'],
  ['a version that nobody wrote', { dependencies: { zod: 'catalog:' } }, 'zod is not in the catalog'],
  ['a sibling from the registry', { dependencies: { '@sanctum/contracts': '^1.0.0' } }, 'expected workspace:'],
  ['dependencies out of order', { dependencies: { yaml: 'catalog:', '@sanctum/contracts': 'workspace:^' } }, 'not in alphabetical order'],
])('planted: %s', async (_plant, change, problem) => {
  const manifest = JSON.stringify({ ...JSON.parse(good['packages/a/package.json']), ...change })
  expect(await checkManifests(plantedTree({ ...good, 'packages/a/package.json': manifest }))).toEqual([expect.stringContaining(problem)])
})

test.each([
  ['an empty shell', { 'packages/a/src/index.ts': 'export {}\n' }, 'is empty'],
  ['a README without an example that runs', { 'packages/a/README.md': '# a\n\n```ts\nlet x\n```\n' }, 'no example that runs'],
  [
    'an example that runs in the workspace alone',
    {
      'packages/a/README.md': `${good['packages/a/README.md']}\n<!-- run -->\n\`\`\`ts\nimport {\n  b,\n} from '@sanctum/testkit'\n\`\`\`\n`,
    },
    'an example imports @sanctum/testkit',
  ],
  ['no README', { 'packages/a/README.md': '' }, 'README.md: is missing'],
  ['an adapter that is not exported', { 'packages/a/src/node/index.ts': 'export {}\n' }, '"exports" is'],
])('planted: %s', async (_plant, files, problem) => {
  expect((await checkManifests(plantedTree({ ...good, ...files })))[0]).toContain(problem)
})

test('writing brings a manifest in step, and writing again changes nothing', async () => {
  const root = plantedTree({
    ...good,
    'packages/a/src/node/index.ts': 'export {}\n',
    'packages/a/package.json': JSON.stringify({
      version: '0.1.0',
      description: 'A.',
      devDependencies: { yaml: 'catalog:', '@sanctum/b': 'workspace:*' },
    }),
  })
  writeManifests(root)
  expect(await checkManifests(root)).toEqual([])
  const written = readFileSync(join(root, 'packages/a/package.json'), 'utf8')
  writeManifests(root)
  expect(readFileSync(join(root, 'packages/a/package.json'), 'utf8')).toBe(written)
})
