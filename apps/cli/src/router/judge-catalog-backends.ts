import { type Backend, type Catalog, compareText, type Finding, type Places, type Position } from '@sanctum/contracts'
import { type ToPlace, toRouterDefinition } from '@sanctum/router-failover'

/**
 * What a router would refuse of the backends of a catalog, where it was written: an address that lacks its mark as cloud, a secure route that
 * leaves the machine, half an identity. What only the host can say, a port or a folder behind a placeholder, is taken as it is meant.
 */
export function judgeCatalogBackends(catalog: Catalog): readonly Finding[] {
  const written = [
    { services: catalog.services, places: catalog.places },
    ...[catalog.instance, ...Object.values(catalog.overlays)].map(({ value, places }) => ({ services: value.services ?? {}, places })),
  ]
  return written
    .flatMap(({ services, places }) => Object.entries(services).flatMap(([id, { backends }]) => judgeBackends(id, backends ?? {}, places)))
    .toSorted((a, b) => compareText(toKey(a), toKey(b)))
}

/** One layer says a part of what holds: what another may complete is judged of the whole, by doctor and by the router. */
const ofTheWhole: ReadonlySet<string> = new Set(['NO_BACKENDS', 'LARGER_CONTEXT', 'UNKNOWN_BACKEND'])

function judgeBackends(id: string, backends: Readonly<Record<string, Partial<Backend>>>, places: Places): readonly Finding[] {
  const addressed = Object.entries(backends).filter((entry): entry is [string, Backend] => entry[1].url !== undefined)
  if (addressed.length === 0) return []
  const ports = new Map<string, number>()
  const filled = Object.fromEntries(addressed.map(([name, backend]) => [name, fill(backend, ports)]))
  const { findings } = toRouterDefinition({ backends: filled, defaultRoute: null }, createToPlace(`/services/${id}`, places))
  return findings.filter(({ code }) => !ofTheWhole.has(code))
}

function fill(backend: Backend, ports: Map<string, number>): Backend {
  const fallbacks = backend.fallback_urls?.map((written) =>
    typeof written === 'string' ? fillUrl(written, ports) : { ...written, url: fillUrl(written.url, ports) },
  )
  return { ...backend, url: fillUrl(backend.url, ports), ...(fallbacks && { fallback_urls: fallbacks }) }
}

/** Two placeholders are two ports. A host that is one may be this machine. */
function fillUrl(url: string, ports: Map<string, number>): string {
  return url.replaceAll(/\$\{[^}]*\}/g, (placeholder, offset: number) => {
    const port = ports.get(placeholder) ?? 1 + ports.size
    ports.set(placeholder, port)
    if (offset === 0) return `http://127.0.0.1:${port}`
    return url.slice(0, offset).endsWith('//') ? '127.0.0.1' : String(port)
  })
}

/** The place of a value, or the nearest thing above it. */
function createToPlace(root: string, places: Places): ToPlace {
  return (path) => {
    const steps = path.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'))
    for (let length = steps.length; length >= 0; length -= 1) {
      const at: Position | undefined = places[[root, ...steps.slice(0, length)].join('/')]
      if (at !== undefined) return at
    }
    return undefined
  }
}

function toKey({ at }: Finding): string {
  return at === undefined ? '' : `${at.file}:${String(at.line).padStart(6, '0')}:${at.column}`
}
