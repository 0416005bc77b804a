import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compareGolden, createTemporaryFolder } from '@sanctum/testkit/node'
import { describe, expect, test } from 'vitest'

describe('compareGolden', () => {
  test('an update makes the folder hold exactly the texts, and then they are equal', async () => {
    await using folder = await createTemporaryFolder()
    await compareGolden(folder.path, { 'old.txt': 'gone soon\n' }, { update: true })
    await compareGolden(folder.path, { 'a.txt': 'one\ntwo\n', 'sub/b.txt': '' }, { update: true })
    expect(await compareGolden(folder.path, { 'a.txt': 'one\ntwo\n', 'sub/b.txt': '' }, { update: false })).toEqual([])
  })

  test('each way to differ is named, and nothing is written', async () => {
    await using folder = await createTemporaryFolder()
    await writeFile(join(folder.path, 'changed.txt'), 'one\ntwo\n')
    await writeFile(join(folder.path, 'missing.txt'), 'here\n')
    expect(await compareGolden(folder.path, { 'changed.txt': 'one\nzwei\n', 'new.txt': '' }, { update: false })).toEqual([
      { kind: 'changed', path: 'changed.txt', line: 2, golden: 'two', actual: 'zwei' },
      { kind: 'missing', path: 'missing.txt' },
      { kind: 'unexpected', path: 'new.txt' },
    ])
    expect(await readFile(join(folder.path, 'changed.txt'), 'utf8')).toBe('one\ntwo\n')
  })

  test('a text that only ends earlier is different', async () => {
    await using folder = await createTemporaryFolder()
    await writeFile(join(folder.path, 'a.txt'), 'one\n')
    expect(await compareGolden(folder.path, { 'a.txt': 'one\nmore' }, { update: false })).toMatchObject([
      { kind: 'changed', line: 2, actual: 'more' },
    ])
  })

  test('a folder that does not exist holds nothing', async () => {
    await using folder = await createTemporaryFolder()
    expect(await compareGolden(join(folder.path, 'none'), { a: '' }, { update: false })).toEqual([{ kind: 'unexpected', path: 'a' }])
  })
})
