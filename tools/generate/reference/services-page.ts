import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type Catalog, hasErrors, type Service } from '@sanctum/contracts'
import { readCatalogFolder } from '../../../apps/cli/src/node/catalog-folder.ts'
import { readCatalog } from '../../../packages/catalog/src/index.ts'
import { renderTable } from '../markdown-table.ts'
import { pageHead } from '../page-head.ts'
import { toProse } from '../to-prose.ts'

/** The catalogs that come with this repository, in the order in which a newcomer meets them. */
const hauses = [
  {
    name: 'starter',
    title: 'The starter haus',
    about: 'What any bare machine can run. It is what `sanctumctl up` uses where nobody names another catalog.',
  },
  {
    name: 'manoir',
    title: 'The reference haus',
    about: 'A hub, a virtual machine, a laptop and a satellite. It is the realistic input of the tests.',
  },
] as const

/** Every service of the example hauses, with its port and why it is that port. */
export async function renderServicesPage(root: string): Promise<string> {
  const sections = await Promise.all(hauses.map(async (haus) => renderHaus(await readHaus(root, haus.name), haus)))
  return [
    ...pageHead({
      title: 'Ports and services',
      description: 'Every service of the two example hauses, the ports they listen on, and why each port is what it is.',
      source: 'catalogs/',
    }),
    'Every port has a reason, which is checked in beside it. Two services of one node never share a port: `sanctumctl catalog check` says where',
    'they would, and `sanctumctl doctor` says who holds a port that it should not.',
    '',
    ...sections.flat(),
  ].join('\n')
}

function renderHaus({ services, retired }: Catalog, { title, about }: { title: string; about: string }): readonly string[] {
  const all = Object.entries(services).sort(([a], [b]) => (a < b ? -1 : 1))
  const ports = all.flatMap(([id, { provides = [] }]) => provides.map((provided) => ({ id, ...provided }))).sort((a, b) => a.port - b.port)
  return [
    `## ${title}`,
    '',
    about,
    '',
    `### Ports of ${title.toLowerCase()}`,
    '',
    ...renderTable(
      ['Port', 'Service', 'Protocol', 'Why this port'],
      ports.map(({ port, id, protocol = 'tcp', security = 'plain', port_lore = '' }) => [
        `\`${port}\``,
        `\`${id}\``,
        security === 'plain' ? protocol : `${protocol}, ${security}`,
        toProse(port_lore),
      ]),
    ),
    '',
    `### Services of ${title.toLowerCase()}`,
    '',
    ...renderTable(
      ['Service', 'Kind', 'Tier', 'Where', 'What it is'],
      all.map(([id, service]) => toRow(id, service)),
    ),
    '',
    ...(Object.keys(retired).length === 0
      ? []
      : [
          `### Retired from ${title.toLowerCase()}`,
          '',
          ...renderTable(
            ['Service', 'Since', 'Why'],
            Object.entries(retired).map(([id, { retired: since, reason }]) => [`\`${id}\``, since, toProse(reason)]),
          ),
          '',
        ]),
  ]
}

function toRow(id: string, { kind, tier, enabled, on, title, description }: Service): readonly string[] {
  const where = on === undefined ? 'anywhere' : Object.values(on).flat().join(', ')
  return [`\`${id}\``, kind, tier, enabled === false ? `${where}; off` : where, toProse(description ?? title ?? '')]
}

async function readHaus(root: string, name: string): Promise<Catalog> {
  const files = await readCatalogFolder(join(root, 'catalogs', name))
  const reading = readCatalog(files ?? {}, { name, digest: (text) => createHash('sha256').update(text).digest('hex') })
  if (reading.kind === 'invalid' || hasErrors(reading.findings))
    throw new Error(`the catalog ${name} has errors; type: tools/sanctumctl catalog check`)
  return reading.catalog
}
