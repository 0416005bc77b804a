import type { Finding, HostFacts, LayerDocument, NodeEntry, Origin, Profile } from '@sanctum/contracts'
import type { StackedLayer } from './layer-stack.ts'
import type { Provenance } from './merge-by-schema.ts'
import type { MergedService } from './merge-services.ts'

/** Everything that the layers say together about one machine; placeholders still stand in it. */
export interface MergedHost {
  readonly facts: HostFacts
  readonly stack: readonly StackedLayer[]
  readonly node: { readonly id: string; readonly entry: NodeEntry }
  readonly profile: Profile
  /** Without `services`. */
  readonly document: LayerDocument
  readonly provenance: Provenance
  readonly services: ReadonlyMap<string, MergedService>
  readonly findings: readonly Finding[]
  /** Where a value of the document was said. */
  originOf(path: readonly string[]): Origin
}
