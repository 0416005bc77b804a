import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openLock } from '@sanctum/journal/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, onTestFinished, test } from 'vitest'

async function createFolder(): Promise<string> {
  const folder = await createTemporaryFolder()
  onTestFinished(folder.remove)
  return folder.path
}

test('a second run is told who holds it, and taking or releasing it changes no file', async () => {
  const folder = await createFolder()
  const lock = openLock({ path: join(folder, 'state/lock.db') })
  expect(lock.inspect()).toEqual({ kind: 'free' })
  expect(readdirSync(folder)).toEqual([])
  const first = await lock.acquire()
  if (first.kind === 'held') first.release()
  const state = join(folder, 'state')
  const snapshot = () =>
    [state, ...readdirSync(state).map((name) => join(state, name))].map(
      (path) => `${path} ${statSync(path).mtimeMs} ${statSync(path).size}`,
    )
  const before = snapshot()

  const held = await lock.acquire()
  expect(held.kind).toBe('held')
  const second = await openLock({ path: join(folder, 'state/lock.db') }).acquire()
  expect(second.kind).toBe('busy')
  if (second.kind === 'busy' && process.platform === 'linux') {
    expect(second.holder.pid).toBe(process.pid)
    expect(second.holder.command).toContain('node')
    expect(Math.abs(Date.now() - (second.holder.sinceMs ?? 0) - process.uptime() * 1000)).toBeLessThan(5_000)
  }
  expect(lock.inspect().kind).toBe('held')
  if (held.kind === 'held') held.release()
  expect(lock.inspect()).toEqual({ kind: 'free' })
  expect(snapshot()).toEqual(before)
  expect(statSync(join(state, 'lock.db')).mode & 0o777).toBe(0o600)
})

test('who waits gets it when it is released, or is told at the deadline', async () => {
  const lock = openLock({ path: join(await createFolder(), 'lock.db') })
  const first = await lock.acquire()
  const begin = performance.now()
  expect((await lock.acquire({ waitMs: 100 })).kind).toBe('busy')
  expect(performance.now() - begin).toBeGreaterThanOrEqual(95)
  const waiting = lock.acquire({ waitMs: 30_000 })
  if (first.kind === 'held') first.release()
  const second = await waiting
  expect(second.kind).toBe('held')
  if (second.kind === 'held') second.release()
})

test('a folder that cannot be written is a fault that names the file', async () => {
  const path = join(await createFolder(), 'lock.db/x')
  await openLock({ path: join(path, '..') }).acquire()
  await expect(openLock({ path }).acquire()).rejects.toMatchObject({ path })
})
