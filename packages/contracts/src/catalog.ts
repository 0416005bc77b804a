import type { AgentCapabilitiesDocument, AgentDocumentName, StabilityWindowDocument } from './documents/agents.ts'
import type { LayerDocument } from './documents/layer.ts'
import type { Service, Tombstone } from './documents/service.ts'
import type { Finding, Position } from './finding.ts'

/** JSON pointer (RFC 6901) to the place in a file where that value was written. */
export type Places = Readonly<Record<string, Position>>

/** The layers in which a value may be given, lowest first. A later one wins. */
export const layerNames = ['default', 'os', 'profile', 'catalog', 'overlay', 'machine', 'environment', 'flag'] as const
export type LayerName = (typeof layerNames)[number]

/** One layer's document with where each of its values stands. */
export interface Layer {
  readonly layer: LayerName
  /** For a person: a file, `SANCTUM_PROFILE`, `--set`. */
  readonly source: string
  readonly value: LayerDocument
  readonly places: Places
  /** Where the layer is no file: pointer to the variable or flag that set the value. */
  readonly sources?: Readonly<Record<string, string>>
}

/** The parsed, checked-in documents of one haus. Values are as written: no default filled in, no placeholder expanded. */
export interface Catalog {
  /** Names the folder in messages. */
  readonly name: string
  /** SHA-256 over the names and texts of all inputs. */
  readonly digest: string
  /** catalog.yaml, catalog.d and the auxiliary units together, edges and remediation of runtime_catalog.yaml applied. */
  readonly services: Readonly<Record<string, Service>>
  readonly retired: Readonly<Record<string, Tombstone>>
  /** Pointers of the whole catalog: `/services/<id>/…`, `/retired/<id>/…`, `/agents/…`, `/stability/…`. */
  readonly places: Places
  /** instance.yaml; it declares the nodes. */
  readonly instance: Layer
  /** By node id. */
  readonly overlays: Readonly<Record<string, Layer>>
  readonly capabilities: AgentCapabilitiesDocument | null
  /** By agent, then by document. Text as written. */
  readonly agentDocuments: Readonly<Record<string, Readonly<Partial<Record<AgentDocumentName, string>>>>>
  readonly stability: StabilityWindowDocument | null
}

/** Text files of a catalog folder, by path relative to it, with `/` between folders. */
export type CatalogFiles = Readonly<Record<string, string>>

/** A catalog, or none because a finding stops it. The findings are all there are, errors and others. */
export type CatalogReading =
  | { readonly kind: 'read'; readonly catalog: Catalog; readonly findings: readonly Finding[] }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] }
