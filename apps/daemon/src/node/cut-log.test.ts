import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cutLog, sizeOfLog } from './cut-log.ts'

async function makeLog(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cut-log-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'voice.out.log')
  await writeFile(path, text)
  return path
}

test('its end stays beside it, whole lines of it, for nobody else to read; and nobody takes it for written just now', async () => {
  const path = await makeLog('one\ntwo\nthree\n')
  await utimes(path, 1000, 1000)
  await cutLog(path, 8)
  expect([await readFile(path, 'utf8'), await readFile(`${path}.1`, 'utf8')]).toEqual(['', 'three\n'])
  expect([(await stat(`${path}.1`)).mode & 0o777, (await stat(path)).mtimeMs]).toEqual([0o600, 1_000_000])
  await appendFile(path, 'four\n')
  await cutLog(path, 1000)
  expect(await readFile(`${path}.1`, 'utf8')).toBe('four\n')
  expect((await readdir(join(path, '..'))).sort()).toEqual(['voice.out.log', 'voice.out.log.1'])
})

test.each([
  ['to append, as every manager does: it goes on at the start', 'a', 'after\n'],
  ['planted, otherwise: a hole stands where the log was', 'r+', `${'\0'.repeat(7)}after\n`],
])('a process that has it open %s', async (_, flags, expected) => {
  const path = await makeLog('')
  const log = openSync(path, flags)
  const child = spawn('/bin/sh', ['-c', 'echo before; read -r line; echo after'], { stdio: ['pipe', log, 'ignore'] })
  closeSync(log)
  await expect.poll(() => sizeOfLog(path)).toBe(7)
  await cutLog(path, 1000)
  child.stdin?.end('\n')
  await once(child, 'close')
  expect([await readFile(path, 'utf8'), await readFile(`${path}.1`, 'utf8')]).toEqual([expected, 'before\n'])
})

test('a link in its place is not followed, and a log whose end cannot be kept stays as it is', async () => {
  const path = await makeLog('one\n')
  await symlink(path, `${path}.link`)
  await expect(cutLog(`${path}.link`, 10)).rejects.toThrow('ELOOP')
  await mkdir(`${path}.1`)
  await expect(cutLog(path, 10)).rejects.toThrow()
  expect(await readFile(path, 'utf8')).toBe('one\n')
})

test('a hole is no log', async () => {
  const path = await makeLog('one\n')
  await truncate(path, 64 * 1024 * 1024)
  expect(await sizeOfLog(path)).toBeLessThan(1024 * 1024)
})

test('no file, no bytes', async () => {
  expect(await sizeOfLog('/nowhere/voice.out.log')).toBeNull()
})
