import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import { listProgramSources } from '../../packages/contracts/src/built-from.ts'
import { plantedTree } from '../test/planted-tree.ts'
import { digestSources } from './digest-sources.ts'

const repository = join(import.meta.dirname, '../..')

it('is what git says of the same files, and another one after a change of one byte', () => {
  const folder = plantedTree({
    'apps/cli/src/main.ts': 'one\n',
    'apps/cli/src/main.test.ts': 'a test\n',
    'packages/contracts/package.json': '{}\n',
    'packages/contracts/src/node/deep.ts': 'zwölf\n',
    'docs/x.md': 'told\n',
  })
  const git = (...words: string[]) => execFileSync('git', ['-C', folder, ...words], { encoding: 'utf8' })
  git('init', '-q')
  git('add', '-A')
  const blobs = git('ls-files', '-s', '-z')
    .split('\0')
    .flatMap((row) => {
      const [, blob = '', path = ''] = /^\d+ (\w+) \d\t(.*)$/.exec(row) ?? []
      return path === '' ? [] : [{ path, blob }]
    })
  const before = digestSources(folder)
  expect(before).toBe(createHash('sha256').update(listProgramSources(blobs)).digest('hex'))
  for (const [path, changes] of [
    ['docs/x.md', false],
    ['apps/cli/src/main.test.ts', false],
    ['apps/cli/src/main.ts', true],
  ] as const) {
    writeFileSync(join(folder, path), 'two\n')
    expect([path, digestSources(folder) !== before]).toEqual([path, changes])
  }
})

// What is not a dependency is no input of the cached build: its change would leave an old stamp behind.
test('every package that the stamp counts is one that the build waits for', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(repository, 'apps/cli/package.json'), 'utf8'))
  const names = readdirSync(join(repository, 'packages')).map((name) => `@sanctum/${name}`)
  expect(names.filter((name) => devDependencies[name] === undefined)).toEqual([])
})
