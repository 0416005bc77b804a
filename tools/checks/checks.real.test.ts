import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repository } from '../test/checkout-copy.ts'
import { plantedTree } from '../test/planted-tree.ts'
import { checks } from './checks.ts'
import { judgePacked } from './packages.ts'
import { roomsOf } from './workspace-files.ts'

describe('style: the configuration of this repository finds', () => {
  test.each([
    ['another format', 'packages/a/src/a.ts', 'export const a = "double";\n', 'format'],
    [
      'imports out of order',
      'packages/a/src/a.ts',
      "import { b } from './b.ts'\nimport { a } from './a2.ts'\n\nexport const c = [a, b]\n",
      'organizeImports',
    ],
    ['a default export', 'packages/a/src/a.ts', 'export default 1\n', 'noDefaultExport'],
    ['an unused variable', 'packages/a/src/a.ts', 'const unused = 1\nexport const a = 2\n', 'noUnusedVariables'],
    ['any', 'packages/a/src/a.ts', 'export const a: any = 2\n', 'noExplicitAny'],
    [
      'a test that leaves out the others',
      'packages/a/src/a.test.ts',
      "import { test } from 'vitest'\n\ntest.only('a', () => {})\n",
      'noFocusedTests',
    ],
  ])('%s', async (_plant, file, source, rule) => {
    const root = treeWith(['biome.json', '.gitignore'], { [file]: source })
    expect((await run('style', root)).join('\n')).toContain(rule)
  })

  test('nothing', async () => {
    expect(await run('style', treeWith(['biome.json', '.gitignore'], { 'packages/a/src/a.ts': 'export const a = 1\n' }))).toEqual([])
  })
})

describe('types: pure code has no', () => {
  test.each([
    ['process', 'export const pid = process.pid'],
    ['fetch', "await fetch('http://127.0.0.1')"],
    ['timers', 'setTimeout(() => 1, 1)'],
    ['console', "console.log('a')"],
    ['Buffer', 'export const b: Buffer = null as never'],
    ['deadline', 'export const s = AbortSignal.timeout(1)'],
    ['global object of Node', 'export const g = globalThis.process'],
  ])('%s', async (_what, source) => {
    expect(await run('types', typed({ 'packages/a/src/a.ts': `${source}\nexport {}\n` }))).toEqual([
      expect.stringContaining('packages/a/src/a.ts(1,'),
    ])
  })

  test('but the code beside it in src/node and tests has, and both have the universal ones', async () => {
    const root = typed({
      'packages/a/src/a.ts': "export const a = [new URL('a:b').href, new TextEncoder(), structuredClone(1)]\n",
      'packages/a/src/node/b.ts': "import { pid } from 'node:process'\nexport const b = [pid, setTimeout, AbortSignal.timeout(1)]\n",
      'packages/a/src/a.test.ts': "import { readFileSync } from 'node:fs'\nreadFileSync('a')\n",
    })
    expect(await run('types', root)).toEqual([])
  })

  test('strictness: an index may be undefined', async () => {
    const root = typed({ 'packages/a/src/a.ts': 'export const first = (all: string[]): string => all[0]\n' })
    expect(await run('types', root)).toContainEqual(expect.stringContaining('TS2322'))
  })

  function typed(files: Record<string, string>): string {
    return treeWith(['tools/typescript', 'node_modules'], {
      ...files,
      'packages/a/tsconfig.json': '{ "extends": "../../tools/typescript/node.json" }',
      'packages/a/tsconfig.pure.json': '{ "extends": "../../tools/typescript/pure.json" }',
    })
  }
})

describe('unused: planted', () => {
  const workspace = {
    'package.json': '{ "name": "root", "private": true }',
    'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
    'packages/a/src/index.ts': "export { a } from './a.ts'\n",
    'packages/a/src/a.ts': 'export const a = 1\n',
  }
  const manifest = (more: object) => JSON.stringify({ name: '@sanctum/a', exports: { '.': './src/index.ts' }, ...more })

  test.each([
    ['a dependency', { 'packages/a/package.json': manifest({ dependencies: { yaml: '2.9.1' } }) }, 'yaml'],
    ['a file', { 'packages/a/package.json': manifest({}), 'packages/a/src/lost.ts': 'export const lost = 1\n' }, 'lost.ts'],
    [
      'an export',
      { 'packages/a/package.json': manifest({}), 'packages/a/src/a.ts': 'export const a = 1\nexport const extra = 2\n' },
      'extra',
    ],
    [
      'an import that the manifest does not name',
      { 'packages/a/package.json': manifest({}), 'packages/a/src/a.ts': "import 'yaml'\nexport const a = 1\n" },
      'yaml',
    ],
  ])('%s', async (_plant, files, word) => {
    expect((await run('unused', treeWith(['knip.json'], { ...workspace, ...files }))).join('\n')).toContain(word)
  })

  test('nothing', async () => {
    expect(await run('unused', treeWith(['knip.json'], { ...workspace, 'packages/a/package.json': manifest({}) }))).toEqual([])
  })
})

describe('packages: planted', () => {
  const good = { types: './dist/index.d.ts', default: './dist/index.js' }
  test.each([
    ['a file that is not packed', { '.': { ...good, default: './dist/main.js' } }, 'main.js'],
    ['types behind the code', { '.': { default: './dist/index.js', types: './dist/index.d.ts' } }, 'types'],
    ['no types', { '.': './dist/plain.js' }, 'No types'],
    ['types of another module system', { '.': { types: './dist/index.d.cts', default: './dist/index.js' } }, 'Masquerading'],
    ['nothing', { '.': good }, ''],
  ])('%s', async (_plant, exports, word) => {
    const root = plantedTree({
      'packages/a/package.json': JSON.stringify({
        name: '@sanctum/a',
        version: '1.0.0',
        license: 'MIT',
        type: 'module',
        files: ['dist'],
        exports,
      }),
      'packages/a/dist/index.js': 'export const a = 1\n',
      'packages/a/dist/plain.js': 'export const a = 1\n',
      'packages/a/dist/index.d.ts': 'export declare const a: number\n',
      'packages/a/dist/index.d.cts': 'export declare const a: number\n',
    })
    const problems = (await Promise.all(roomsOf(root).map((room) => judgePacked(root, room)))).flat()
    expect(problems.length === 0).toBe(word === '')
    expect(problems.join('\n')).toContain(word)
  })
})

/** A tree with parts of this repository as they are: files copied, folders linked. */
function treeWith(parts: readonly string[], files: Record<string, string>): string {
  const root = plantedTree({ 'tools/.keep': '', ...files })
  for (const part of parts) {
    if (part === 'node_modules') symlinkSync(join(repository, part), join(root, part))
    else cpSync(join(repository, part), join(root, part), { recursive: true })
  }
  return root
}

async function run(id: string, root: string): Promise<readonly string[]> {
  const check = checks.find((one) => one.id === id)
  if (check === undefined) throw new Error(`there is no check ${id}`)
  return check.run(root)
}
