import { expect, it, test } from 'vitest'
import { isProgramSource, isSourceRevision, listProgramSources, toBuiltFrom, toSourceRevision } from './built-from.ts'

const commit = '1'.repeat(40)
const sources = 'ab'.repeat(32)
const revisionFile = JSON.stringify({ revision: commit })
const buildFile = JSON.stringify({ sources })

test.each([
  ['a revision that was built whole', { revisionFile, buildFile }, commit],
  ['a build of a checkout', { revisionFile: null, buildFile }, `0.8.0+sources.${sources.slice(0, 20)}`],
  ['a program that runs from source', { revisionFile: null, buildFile: null }, null],
  ['files that are no such ones', { revisionFile: '{"revision":"main"}', buildFile: 'null' }, null],
  ['a file that is cut off', { revisionFile: '{"revi', buildFile: '[' }, null],
])('%s', (_name, texts, said) => {
  expect(toBuiltFrom({ version: '0.8.0', ...texts })).toBe(said)
})

it('is of these sources and of no others', () => {
  expect(isSourceRevision(toSourceRevision('0.8.0', sources), sources)).toBe(true)
  expect(isSourceRevision(toSourceRevision('0.8.0', sources), 'cd'.repeat(32))).toBe(false)
  expect(isSourceRevision(commit, sources)).toBe(false)
})

test.each([
  ['apps/daemon/src/main.ts', true],
  ['packages/contracts/src/node/x.ts', true],
  ['packages/contracts/package.json', true],
  ['apps/cli/src/a.test.ts', false],
  ['apps/docs-gate/src/main.ts', false],
  ['packages/contracts/test/src/x.ts', false],
  ['tools/build/tsup-program.ts', false],
])('%s decides what the programs are: %s', (path, decides) => {
  expect(isProgramSource(path)).toBe(decides)
})

it('does not go by the order of files', () => {
  const files = ['packages/b/src/x.ts', 'packages/a/src/x.ts', 'docs/x.md'].map((path) => ({ path, blob: '1' }))
  expect(listProgramSources(files)).toBe('packages/a/src/x.ts 1\npackages/b/src/x.ts 1\n')
  expect(listProgramSources(files.toReversed())).toBe(listProgramSources(files))
})
