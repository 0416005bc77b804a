import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readLastLines } from './follow-file.ts'

async function makeLog(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'follow-file-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return join(folder, 'voice.log')
}

const cut = { 'voice.log': 'three\n', 'voice.log.1': 'one\ntwo\n' }

test.each<[string, Record<string, string>, number, string[]]>([
  ['that was never cut', { 'voice.log': 'one\ntwo\n' }, 5, ['one', 'two']],
  ['that was cut of late goes on before the cut', cut, 2, ['two', 'three']],
  ['that was cut, of which enough was written since', cut, 1, ['three']],
  ['of which no line is wanted', cut, 0, []],
])('the last lines of a log %s', async (_, files, count, expected) => {
  expect((await readLastLines(await makeLog(files), count))?.lines).toEqual(expected)
})

test('what is told of its size is that of the log alone, from which it is followed; of no log there is nothing', async () => {
  const path = await makeLog(cut)
  expect((await readLastLines(path, 5))?.sizeBytes).toBe(6)
  await rm(path)
  expect(await readLastLines(path, 5)).toBeNull()
})
