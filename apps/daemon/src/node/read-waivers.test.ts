import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readWaivers } from './read-waivers.ts'

test('a file of waivers that is no such file is told, and one that is not there is not', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sanctum-waivers-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const told: string[] = []
  const read = () => readWaivers(home, (why) => void told.push(why))
  const path = join(home, 'waivers.yaml')
  expect([await read(), told]).toEqual([[], []])
  await writeFile(path, 'waivers: [')
  expect([await read(), told]).toEqual([[], [expect.stringContaining(path)]])
  await rm(path)
  await mkdir(path)
  expect([await read(), told.length]).toEqual([[], 2])
})
