import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lease } from '@sanctum/contracts'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
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

test('a lease that cannot be opened now is no lease that is over; one that is not there, or no document, is', async () => {
  await using home = await createTemporaryFolder('sanctum-leases-')
  const logged: string[] = []
  const files = createHealingFiles(home.path, (_, event) => void logged.push(event))
  expect(await files.readLeases()).toEqual([])
  const folder = join(home.path, 'state/leases')
  await mkdir(join(folder, 'folder.json'), { recursive: true })
  await writeFile(join(folder, 'lease-1.json'), JSON.stringify(lease))
  await writeFile(join(folder, 'odd.json'), '{')
  await symlink('nowhere', join(folder, 'gone.json'))
  expect(await files.readLeases()).toEqual([lease])
  // Stands for EMFILE and EIO.
  await symlink('loop.json', join(folder, 'loop.json'))
  await expect(files.readLeases()).rejects.toThrow('ELOOP')
  await rm(folder, { recursive: true })
  await writeFile(folder, 'no folder')
  await expect(files.readLeases()).rejects.toThrow('ENOTDIR')
  expect(logged).toEqual(['document-unreadable'])
})
