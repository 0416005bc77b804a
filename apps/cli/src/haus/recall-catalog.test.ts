import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { readCatalog } from '@sanctum/catalog'
import type { CatalogFiles } from '@sanctum/contracts'
import { expect, it } from 'vitest'
import { readCatalogFolder } from '../node/catalog-folder.ts'
import type { QuickPorts } from '../ports.ts'
import { recallCatalog } from './recall-catalog.ts'
import { sealText } from './seal-text.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')
const catalogs = join(import.meta.dirname, '../../../../catalogs')
const name = '~/catalog'

interface Memory {
  readonly memo?: string | null
  readonly build?: string | null
}

function recall(files: CatalogFiles, { memo = null, build = 'this build' }: Memory = {}, given = name) {
  const ports = {
    home: '/home/neo/.sanctum',
    digest,
    program: { build: () => build },
    files: { readText: async (path: string) => (path === '/home/neo/.sanctum/state/catalog-memo.json' ? memo : null) },
  } as unknown as QuickPorts
  return recallCatalog(ports, { folder: '', name: given, files })
}

async function load(folder: string): Promise<{ files: CatalogFiles; memo: string }> {
  const files = (await readCatalogFolder(join(catalogs, folder))) as CatalogFiles
  const memo = (await recall(files)).toMemo()
  return { files, memo: memo ?? '' }
}

/** The memo with the name of the catalog replaced under a good seal, so that an answer tells where it came from. */
function forge(memo: string): string {
  const text = memo.slice(memo.indexOf('\n') + 1).replace(`"name":"${name}"`, '"name":"from the memo"')
  return sealText(text, digest)
}

async function nameOf(files: CatalogFiles, memory: Memory, given = name): Promise<string | null> {
  const { reading } = await recall(files, memory, given)
  return reading.kind === 'read' ? reading.catalog.name : null
}

it.each(['starter', 'manoir'])('%s is remembered as it is read', async (folder) => {
  const { files, memo } = await load(folder)
  const { reading, toMemo } = await recall(files, { memo })
  expect(reading).toStrictEqual(readCatalog(files, { name, digest }))
  expect(toMemo()).toBeNull()
  expect(await nameOf(files, { memo: forge(memo) })).toBe('from the memo')
})

it('is read anew where a byte of any text, its name or the program is another', async () => {
  const { files, memo } = await load('starter')
  const forged = { memo: forge(memo) }
  for (const file of Object.keys(files)) {
    const { [file]: text, ...others } = files
    expect(await nameOf({ ...files, [file]: `${text}\n` }, forged), file).not.toBe('from the memo')
    expect(await nameOf(others, forged), file).not.toBe('from the memo')
  }
  expect(await nameOf({ ...files, 'catalog.d/more.yaml': '{}' }, forged)).not.toBe('from the memo')
  expect(await nameOf(files, forged, '/elsewhere')).toBe('/elsewhere')
  for (const build of ['another build', null]) expect(await nameOf(files, { ...forged, build })).toBe(name)
})

it('is read anew where the memo was cut or altered anywhere', async () => {
  const { files, memo } = await load('starter')
  const forged = forge(memo)
  for (let at = 0; at < forged.length; at += 1999) {
    expect(await nameOf(files, { memo: forged.slice(0, at) }), `cut at ${at}`).toBe(name)
    const other = forged[at] === 'a' ? 'b' : 'a'
    expect(await nameOf(files, { memo: forged.slice(0, at) + other + forged.slice(at + 1) }), `altered at ${at}`).toBe(name)
  }
})

it('is not remembered with an error in it, nor by a program that does not know itself', async () => {
  const { files } = await load('starter')
  expect((await recall(files)).toMemo()).not.toBeNull()
  expect((await recall({ ...files, 'catalog.yaml': 'services: [' })).toMemo()).toBeNull()
  expect((await recall(files, { build: null })).toMemo()).toBeNull()
})
