import type { Catalog, Layer, LayerDocument, LayerName, Places, Position, Service } from '@sanctum/contracts'
import { sha256 } from '@sanctum/testkit/node'

interface CatalogParts {
  readonly services?: Readonly<Record<string, Service>>
  readonly retired?: Catalog['retired']
  readonly instance?: LayerDocument
  readonly overlays?: Readonly<Record<string, LayerDocument>>
  readonly capabilities?: Catalog['capabilities']
  readonly agentDocuments?: Catalog['agentDocuments']
}

export const haus: LayerDocument = {
  instance: { slug: 'test', name: 'Test haus', timezone: 'America/Montreal' },
  nodes: { local: { type: 'hub' } },
}

/** A catalog as the reader would give it, with places as if each key stood on a line of its own. */
export function buildCatalog({
  services = {},
  retired = {},
  instance = haus,
  overlays = {},
  capabilities = null,
  agentDocuments = {},
}: CatalogParts = {}): Catalog {
  return {
    name: 'test',
    digest: sha256(JSON.stringify([services, retired, instance, overlays])),
    services,
    retired,
    places: { ...toPlaces({ services }, 'catalog.yaml'), ...toPlaces({ retired }, 'retired.yaml') },
    instance: buildLayer('catalog', instance, 'instance.yaml'),
    overlays: Object.fromEntries(
      Object.entries(overlays).map(([node, document]) => [node, buildLayer('overlay', document, `overlays/${node}.yaml`)]),
    ),
    capabilities,
    agentDocuments,
    stability: null,
  }
}

function buildLayer(layer: LayerName, value: LayerDocument, file: string): Layer {
  return { layer, source: file, value, places: toPlaces(value, file) }
}

export function buildMachine(value: LayerDocument): Layer {
  return buildLayer('machine', value, '~/.sanctum/instance.yaml')
}

/** A daemon that a test can start from; each field replaces. */
export function daemon(overrides: Partial<Service> = {}): Service {
  return { kind: 'daemon', tier: 'ops', run: { command: ['/opt/test/bin/serve'] }, ...overrides }
}

/** Where each value stands if every key and every item has its line, two columns further in at each level. */
function toPlaces(document: unknown, file: string): Places {
  const places: Record<string, Position> = {}
  let line = 0
  const visit = (value: unknown, pointer: string, depth: number): void => {
    if (pointer !== '') places[pointer] = { file, line: ++line, column: depth * 2 - 1 }
    if (typeof value !== 'object' || value === null) return
    for (const [key, below] of Object.entries(value))
      visit(below, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1)
  }
  visit(document, '', 0)
  return places
}
