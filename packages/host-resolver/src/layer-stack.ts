import type { Catalog, Layer, LayerDocument, LayerName, Origin, Places, Position, ServicePatch } from '@sanctum/contracts'
import { parentPointer } from './pointer.ts'

/** One layer in its place: the rank is its index in the stack. */
export interface StackedLayer {
  readonly layer: LayerName
  readonly source: string
  readonly document: LayerDocument
  readonly services: Readonly<Record<string, ServicePatch>>
  /** Where the value at a pointer was said. */
  originAt(pointer: string): Origin
}

/** A layer of a file, of variables or of flags. */
export function toStackedLayer({ layer, source, value, places, sources }: Layer): StackedLayer {
  const { services = {}, ...document } = value
  return { layer, source, document, services, originAt: createOriginReader(layer, source, places, sources ?? {}) }
}

/** The services of the catalog, which stand beside the haus's own instance.yaml. */
export function toDefinitionLayer(catalog: Catalog): StackedLayer {
  return {
    layer: 'catalog',
    source: catalog.name,
    document: {},
    services: catalog.services,
    originAt: createOriginReader('catalog', catalog.name, catalog.places, {}),
  }
}

/** A table of this package. */
export function toBuiltInLayer(layer: LayerName, source: string, document: LayerDocument): StackedLayer {
  return toStackedLayer({ layer, source, value: document, places: {} })
}

/** Reads origins with the nearest place at or above a pointer; equal pointers share one origin. */
function createOriginReader(
  layer: LayerName,
  source: string,
  places: Places,
  sources: Readonly<Record<string, string>>,
): (pointer: string) => Origin {
  const whole: Origin = { layer, source }
  if (Object.keys(places).length === 0 && Object.keys(sources).length === 0) return () => whole
  const known = new Map<string, Origin>()
  const read = (pointer: string): Origin => {
    const found = known.get(pointer)
    if (found) return found
    const origin = originHere(pointer) ?? (pointer === '' ? whole : read(parentPointer(pointer)))
    known.set(pointer, origin)
    return origin
  }
  const originHere = (pointer: string): Origin | null => {
    if (Object.hasOwn(places, pointer)) return { at: toSortedPosition(places[pointer] as Position), layer, source }
    if (Object.hasOwn(sources, pointer)) return { layer, source: sources[pointer] as string }
    return null
  }
  return read
}

function toSortedPosition({ column, file, line }: Position): Position {
  return { column, file, line }
}
