import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkSqlite, openJournal } from '@sanctum/journal/node'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder = ''
const at = (name: string) => join(folder, name)
const patience = () => AbortSignal.timeout(20_000)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sanctum-sqlite-'))
  const journal = openJournal({ path: at('sound.db'), now: () => 0 })
  for (let index = 0; index < 200; index++) journal.append({ kind: 'note-taken', subject: 'test', data: { index, text: 'x'.repeat(200) } })
  journal.close()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('sound, damaged, no database, not there', async () => {
  expect(await checkSqlite(at('sound.db'), patience())).toEqual({ kind: 'sound' })
  await writeFile(at('damaged.db'), await readFile(at('sound.db')))
  // The planted fault: one page in the middle is gone, while the file still opens and most of it can be read.
  const file = await open(at('damaged.db'), 'r+')
  await file.write(Buffer.alloc(4096, 0x55), 0, 4096, 5 * 4096)
  await file.close()
  expect(await checkSqlite(at('damaged.db'), patience())).toMatchObject({ kind: 'damaged' })
  await writeFile(at('text.db'), 'this is no database'.repeat(100))
  expect(await checkSqlite(at('text.db'), patience())).toMatchObject({ kind: 'damaged' })
  expect(await checkSqlite(at('nowhere.db'), patience())).toEqual({ kind: 'unreadable', why: 'ENOENT' })
})

test('a look that may take no time is called off, and says so', async () => {
  expect(await checkSqlite(at('sound.db'), AbortSignal.timeout(1))).toEqual({ kind: 'unreadable', why: 'it takes too long' })
})
