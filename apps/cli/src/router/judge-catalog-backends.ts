import { type Backend, type Catalog, compareText, type Finding, type Places, type Position } from '@sanctum/contracts'
import { type ToPlace, toRouterDefinition } from '@sanctum/router-failover'

/**
 * What a router would refuse of the backends of a catalog, where it was written: an address that lacks its mark as cloud, a secure route that
 * leaves the machine, half an identity. Judged as a machine gets them, with each overlay merged in: one layer may complete what another
 * began. What only the host can say, a port or a folder behind a placeholder, is taken as it is meant.
 */
export function judgeCatalogBackends(catalog: Catalog): readonly Finding[] {
  const { services, places, instance, overlays } = catalog
  const base: readonly Written[] = [{ services, places }, toWritten(instance)]
  const merged = Object.values(overlays).map((overlay) => [...base, toWritten(overlay)])
  // A node without an overlay gets what stands without one.
  const isBare = Object.keys(instance.value.nodes ?? {}).some((node) => overlays[node] === undefined)
  const found = [...(isBare || merged.length === 0 ? [base] : []), ...merged].flatMap(judgeLayers)
  return [...new Map(found.map((finding) => [`${toKey(finding)} ${finding.code} ${finding.message}`, finding])).values()].toSorted((a, b) =>
    compareText(toKey(a), toKey(b)),
  )
}

/** What one layer says; of several the last wins. */
interface Written {
  readonly services: Readonly<Record<string, { readonly backends?: Readonly<Record<string, Partial<Backend>>> | undefined }>>
  readonly places: Places
}

function toWritten({ value, places }: Catalog['instance']): Written {
  return { services: (value.services ?? {}) as Written['services'], places }
}

/** What the layer of a machine may still complete: judged of the whole, by doctor and by the router. */
const ofTheWhole: ReadonlySet<string> = new Set(['NO_BACKENDS', 'LARGER_CONTEXT', 'UNKNOWN_BACKEND'])

function judgeLayers(layers: readonly Written[]): readonly Finding[] {
  const ids = new Set(layers.flatMap(({ services }) => Object.keys(services)))
  return [...ids].flatMap((id) => {
    const said = layers.map(({ services }) => services[id]?.backends).filter((each) => each !== undefined)
    const backends = said.reduce<unknown>(merge, {}) as Readonly<Record<string, Partial<Backend>>>
    return judgeBackends(
      backends,
      createToPlace(
        `/services/${id}`,
        layers.map(({ places }) => places),
      ),
    )
  })
}

/** By key; lists and single values are replaced whole. */
function merge(low: unknown, high: unknown): unknown {
  if (!isRecord(low) || !isRecord(high)) return high
  const keys = [...new Set([...Object.keys(low), ...Object.keys(high)])]
  return Object.fromEntries(keys.map((key) => [key, high[key] === undefined ? low[key] : merge(low[key], high[key])]))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function judgeBackends(backends: Readonly<Record<string, Partial<Backend>>>, toPlace: ToPlace): readonly Finding[] {
  const addressed = Object.entries(backends).filter((entry): entry is [string, Backend] => entry[1].url !== undefined)
  if (addressed.length === 0) return []
  const numbers = new Map<string, number>()
  const filled = Object.fromEntries(addressed.map(([name, backend]) => [name, fill(backend, numbers)]))
  const { findings } = toRouterDefinition({ backends: filled, defaultRoute: null }, toPlace)
  return findings.filter(({ code }) => !ofTheWhole.has(code))
}

function fill(backend: Backend, numbers: Map<string, number>): Backend {
  const fallbacks = backend.fallback_urls?.map((written) =>
    typeof written === 'string' ? fillUrl(written, numbers) : { ...written, url: fillUrl(written.url, numbers) },
  )
  return { ...backend, url: fillUrl(backend.url, numbers), ...(fallbacks && { fallback_urls: fallbacks }) }
}

/**
 * An address in which each placeholder stands for something else than any other. A host of which a part is one may be this machine; an address
 * that begins with one may be of either scheme, so nothing is said against certificates at it.
 */
function fillUrl(url: string, numbers: Map<string, number>): string {
  return url
    .replace(/^\$\{[^}]*\}(?=:\/\/)/, 'https')
    .replace(/^(?=\$\{)/, 'https://')
    .replace(/(?<=^\w+:\/\/)(?:[^/:$]|\$\{[^}]*\})*/, (host) => (host.includes('${') ? `127.1.${toBytes(numberOf(host))}` : host))
    .replaceAll(/\$\{[^}]*\}/g, (placeholder) => String(numberOf(placeholder)))

  function numberOf(text: string): number {
    const number = numbers.get(text) ?? 1 + numbers.size
    numbers.set(text, number)
    return number
  }
}

function toBytes(number: number): string {
  return `${number >> 8}.${number & 255}`
}

/** The place of a value in the highest layer that says it, or of the nearest thing above it. */
function createToPlace(root: string, layers: readonly Places[]): ToPlace {
  return (path) => {
    const steps = path.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'))
    for (let length = steps.length; length >= 0; length -= 1) {
      const pointer = [root, ...steps.slice(0, length)].join('/')
      const at: Position | undefined = layers.findLast((places) => places[pointer] !== undefined)?.[pointer]
      if (at !== undefined) return at
    }
    return undefined
  }
}

function toKey({ at }: Finding): string {
  return at === undefined ? '' : `${at.file}:${String(at.line).padStart(6, '0')}:${at.column}`
}
