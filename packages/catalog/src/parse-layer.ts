import type { Finding, Layer, LayerName } from '@sanctum/contracts'
import { parseDocument } from './parse-document.ts'

/** Text of `instance.yaml`, an overlay or this machine's own layer to a layer; null if it has an error. */
export function parseLayer(
  text: string,
  { layer, source }: { readonly layer: LayerName; readonly source: string },
): { readonly layer: Layer | null; readonly findings: readonly Finding[] } {
  const { value, places, findings } = parseDocument(text, { file: source, kind: 'layer' })
  return { layer: value === null ? null : { layer, source, value, places }, findings }
}
