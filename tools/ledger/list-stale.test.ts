import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plantedTree } from '../test/planted-tree.ts'
import { digestOfPaths } from './digest-of-paths.ts'
import { writeLedger } from './ledger.ts'
import { listStale, remedyOf } from './list-stale.ts'

const machine = { cores: 2, processor: 'x', memory_gb: 1, kernel: 'linux', node: 'v26', load: 0 }

function createTree(): string {
  const root = plantedTree({ 'packages/a/src/one.ts': '1', 'packages/b/src/two.ts': '2', 'docs/a.md': 'a' })
  execFileSync('git', ['init', '-q'], { cwd: root })
  const entry = (guards: readonly string[]) => ({ commit: 'c', date: '2026-01-01', machine, guards, digest: digestOfPaths(root, guards) })
  writeLedger(root, 'long', { kills: entry(['packages/a']), cuts: entry(['packages/b/src/two.ts']) })
  writeLedger(root, 'bench', { start: entry(['packages/*/src/*']) })
  return root
}

test.each<[string, (root: string) => void, string[]]>([
  ['nothing changed', () => undefined, []],
  ['something else changed', (root) => writeFileSync(join(root, 'docs/a.md'), 'b'), []],
  ['a guarded file changed', (root) => writeFileSync(join(root, 'packages/a/src/one.ts'), '3'), ['long kills', 'bench start']],
  ['a file was added', (root) => writeFileSync(join(root, 'packages/a/new.ts'), ''), ['long kills']],
  ['all that was guarded is gone', (root) => rmSync(join(root, 'packages/b'), { recursive: true }), ['long cuts', 'bench start']],
])('%s', (_what, change, stale) => {
  const root = createTree()
  change(root)
  expect(
    listStale(root)
      .map(({ ledger, name }) => `${ledger} ${name}`)
      .toSorted(),
  ).toEqual(stale.toSorted())
})

test('a part that is proven anew leaves the others as they were', () => {
  const root = createTree()
  writeFileSync(join(root, 'packages/a/src/one.ts'), '3')
  const guards = ['packages/a']
  writeLedger(root, 'long', { kills: { commit: 'd', date: '2026-01-02', machine, guards, digest: digestOfPaths(root, guards) } })
  expect(listStale(root).map(({ name }) => name)).toEqual(['start'])
})

test('what renews an entry is the case, or the one file that runs the programme', () => {
  const root = plantedTree({
    'packages/a/test/kills.real.test.ts': "recordProof({ programme: 'kills' })",
    'packages/a/test/cuts.test.ts': "recordProof({\n  programme: 'cuts, modelled' })",
  })
  const of = (ledger: 'long' | 'bench', name: string) => remedyOf(root, { ledger, name })
  expect(of('bench', 'start')).toBe('tools/sanctumctl bench --only start')
  expect(of('long', 'kills')).toBe('tools/sanctumctl test --long --lane real packages/a/test/kills.real.test.ts')
  expect(of('long', 'cuts, modelled')).toBe('tools/sanctumctl test --long --lane unit packages/a/test/cuts.test.ts')
  expect(of('long', 'gone')).toBe('tools/sanctumctl test --long')
})

test('a guard that names no file is an error when it is recorded', () => {
  expect(() => digestOfPaths(createTree(), ['packages/nowhere'])).toThrow('no file is named by "packages/nowhere"')
})
