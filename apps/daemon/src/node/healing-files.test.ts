import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lease } from '@sanctum/contracts'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { createHealingWorld } from '../../test/create-healing-world.ts'
import { createHealingFiles } from './healing-files.ts'

const lease: Lease = {
  schema_version: 1,
  id: 'lease-1',
  services: ['voice'],
  owner: 'neo',
  reason: 'looking inside',
  since_ms: 0,
  until_ms: 1,
  obligations: [],
  lifts_budget: false,
}

async function createWorld() {
  const home = await createTemporaryFolder('sanctum-leases-')
  const logged: string[] = []
  const files = createHealingFiles(home.path, (_, event, fields) => void logged.push(`${event} ${fields?.['path'] ?? ''}`))
  return { home, files, logged, at: (...names: string[]) => join(home.path, 'state', ...names), [Symbol.asyncDispose]: () => home.remove() }
}

const unreadable = (path: string) => ({ services: ['*'], owner: 'somebody', reason: `${path} cannot be read`, lifts_budget: false })
const ids = (leases: readonly Lease[]) => leases.map(({ id }) => id)

test('a lease that cannot be opened counts as one on everything, told once; one that is not there, or no document, is none', async () => {
  await using world = await createWorld()
  const { files, logged, at } = world
  expect(await files.readLeases()).toEqual([])
  await mkdir(at('leases/folder.json'), { recursive: true })
  await writeFile(at('leases/lease-1.json'), JSON.stringify(lease))
  await writeFile(at('leases/odd.json'), '{')
  await symlink('nowhere', at('leases/gone.json'))
  expect(await files.readLeases()).toEqual([lease])
  // Stands for one that root owns, for EMFILE and for EIO.
  await symlink('loop.json', at('leases/loop.json'))
  const found = [await files.readLeases(), await files.readLeases()]
  expect(found[0]).toEqual([lease, expect.objectContaining(unreadable(at('leases/loop.json')))])
  expect(found[1]).toEqual(found[0])
  // Not for ever, and no longer with each look.
  expect(Number(found[0]?.[1]?.until_ms) - Date.now()).toBeLessThanOrEqual(3_600_000)
  expect(logged).toEqual([`document-unreadable ${at('leases/odd.json')}`, `document-unreadable ${at('leases/loop.json')}`])
})

test('a lease that could be read before holds what it held, and a folder that cannot be read holds everything besides', async () => {
  await using world = await createWorld()
  const { files, logged, at } = world
  await mkdir(at('leases'), { recursive: true })
  await writeFile(at('leases/lease-1.json'), JSON.stringify(lease))
  await files.readLeases()
  await rm(at('leases/lease-1.json'))
  await symlink('lease-1.json', at('leases/lease-1.json'))
  expect(await files.readLeases()).toEqual([lease])
  await rm(at('leases'), { recursive: true })
  await writeFile(at('leases'), 'no folder')
  expect(await files.readLeases()).toEqual([expect.objectContaining(unreadable(at('leases'))), lease])
  expect(ids(await files.readLeases())).toEqual(['leases', 'lease-1'])
  expect(logged).toHaveLength(2)
  await rm(at('leases'))
  expect(await files.readLeases()).toEqual([])
})

test('a request that cannot be opened is told once, and keeps nobody from the others', async () => {
  await using world = await createWorld()
  const { files, logged, at } = world
  await mkdir(at('requests'), { recursive: true })
  await symlink('first.json', at('requests/first.json'))
  const request = { schema_version: 1, id: 'second', at_ms: 0, by: 'neo', why: 'mended', do: 'release', service: 'voice' }
  await writeFile(at('requests/second.json'), JSON.stringify(request))
  expect(await files.takeRequests()).toEqual([request])
  expect(await files.takeRequests()).toEqual([])
  expect(logged).toEqual([`document-unreadable ${at('requests/first.json')}`])
  await rm(at('requests'), { recursive: true })
  await writeFile(at('requests'), 'no folder')
  expect(await files.takeRequests()).toEqual([])
})

test('what was remembered and cannot be opened is not taken for nothing', async () => {
  await using world = await createWorld()
  const { files, logged, at } = world
  expect(await files.recall()).toBeNull()
  await mkdir(at(), { recursive: true })
  await writeFile(at('healing.json'), '{')
  expect(await files.recall()).toBeNull()
  expect(logged).toEqual([`document-unreadable ${at('healing.json')}`])
  await rm(at('healing.json'))
  await symlink('healing.json', at('healing.json'))
  await expect(files.recall()).rejects.toThrow('ELOOP')
})

test('a round is whole with a lease that nobody can open, and heals nothing', async () => {
  await using world = await createWorld()
  const { files, at } = world
  await mkdir(at('leases'), { recursive: true })
  await symlink('loop.json', at('leases/loop.json'))
  await mkdir(at('requests'))
  await symlink('loop.json', at('requests/loop.json'))
  const healing = createHealingWorld({ ...files, nowMs: Date.now })
  await healing.round()
  expect(healing.world.performed).toBe(0)
  expect(healing.world.events.filter(({ kind }) => kind === 'heal-withheld').map(({ data }) => data.reason)).toEqual(['lease'])
  await rm(at('leases/loop.json'))
  await healing.round()
  expect(healing.world.performed).toBe(1)
})
