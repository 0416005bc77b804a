import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readLogTail, readTail } from './read-tail.ts'

async function makeLog(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'read-tail-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return join(folder, 'voice.log')
}

test.each<[string, Record<string, string>, number, string]>([
  ['long enough', { 'voice.log': 'one\ntwo\nthree\n', 'voice.log.1': 'zero\n' }, 10, 'three\n'],
  ['cut of late', { 'voice.log': 'two\n', 'voice.log.1': 'zero\none\n' }, 10, 'one\ntwo\n'],
  ['just cut', { 'voice.log': '', 'voice.log.1': 'zero\none\n' }, 100, 'zero\none\n'],
  ['never cut', { 'voice.log': 'two\n' }, 100, 'two\n'],
])('the end of a log that is %s', async (_, files, bytes, expected) => {
  const path = await makeLog(files)
  expect((await readLogTail(path, bytes)).text).toBe(expected)
})

test('what was cut off longer ago than a day is no part of it', async () => {
  const path = await makeLog({ 'voice.log': 'two\n', 'voice.log.1': 'one\n' })
  const twoDaysAgoS = Date.now() / 1000 - 2 * 86_400
  await utimes(`${path}.1`, twoDaysAgoS, twoDaysAgoS)
  expect((await readLogTail(path, 100)).text).toBe('two\n')
})

test('of any other file nothing is read but the file itself, and a log that is not there has no end', async () => {
  const path = await makeLog({ 'voice.log': 'two\n', 'voice.log.1': 'one\n' })
  expect((await readTail(path, 100)).text).toBe('two\n')
  await rm(path)
  await expect(readLogTail(path, 100)).rejects.toThrow('ENOENT')
})
