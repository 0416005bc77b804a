import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestHaus, repository, type TestHaus } from './support/test-haus.ts'

let haus: TestHaus
beforeEach(async () => {
  haus = await createTestHaus()
})
afterEach(() => haus.dispose())

test('documents of a workspace that the catalog gives up go from there; a roll back brings them back', async () => {
  const catalog = join(haus.home, 'catalog')
  const desk = join(haus.home, 'desk')
  await cp(join(repository, 'catalogs/starter'), catalog, { recursive: true })
  const capabilities = join(catalog, 'agent_capabilities.yaml')
  const without = await readFile(capabilities, 'utf8')
  await writeFile(capabilities, without.replace('    node: local\n', '    node: local\n    workspace: ~/desk\n'))
  expect((await haus.run('bootstrap', '--write', '--catalog', catalog)).code).toBe(0)
  const documents = await readdir(desk)
  expect(documents).toContain('IDENTITY.md')

  await writeFile(capabilities, without)
  const render = await haus.run('render')
  expect([render.code, await readdir(desk)]).toEqual([0, []])
  const rollback = await haus.run('rollback', '1')
  expect([rollback.code, rollback.stderr.includes('OUTSIDE')]).toEqual([0, false])
  expect(await readdir(desk)).toEqual(documents)
})
