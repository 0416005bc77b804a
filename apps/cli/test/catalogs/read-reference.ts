import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCatalog } from '@sanctum/catalog'
import { type Catalog, type CatalogReading, type HostFacts, hostFacts } from '@sanctum/contracts'
import { sha256 } from '@sanctum/testkit/node'
import { readCatalogFolder } from '../../src/node/catalog-folder.ts'
import { repository } from '../support/test-haus.ts'

export const catalogNames = ['manoir', 'starter'] as const
export const factsNames = ['mac-hub', 'vm', 'laptop', 'linux-embedded', 'linux-systemd'] as const

/** One of the catalogs of this repository, with all that was found about it. */
export async function readReference(name: (typeof catalogNames)[number]): Promise<CatalogReading> {
  const files = await readCatalogFolder(join(repository, 'catalogs', name))
  if (files === null) throw new Error(`catalogs/${name} is missing`)
  return readCatalog(files, { name: `catalogs/${name}`, digest: sha256 })
}

/** The same where nothing may be wrong with it. */
export async function readSoundReference(name: (typeof catalogNames)[number]): Promise<Catalog> {
  const reading = await readReference(name)
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.findings, null, 2))
  return reading.catalog
}

/** Saved facts of one of the machines. */
export async function readFacts(name: (typeof factsNames)[number]): Promise<HostFacts> {
  return hostFacts.parse(JSON.parse(await readFile(join(repository, 'catalogs/facts', `${name}.json`), 'utf8')))
}
