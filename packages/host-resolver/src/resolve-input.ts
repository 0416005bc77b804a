import type { Catalog, HostFacts, Layer } from '@sanctum/contracts'

/** All that a Haus is made from. */
export interface ResolveInput {
  readonly catalog: Catalog
  readonly facts: HostFacts
  /** The node as the caller names it, above what the machine calls itself. */
  readonly node?: string | undefined
  /** `~/.sanctum/instance.yaml`. */
  readonly machine?: Layer | null
  readonly environment?: Layer | null
  readonly flags?: Layer | null
  /** The variables that `${env:NAME}` may read; without them it has no value. */
  readonly variables?: Readonly<Record<string, string | undefined>>
  /** SHA-256 of a text, hexadecimal. */
  readonly digest: (text: string) => string
}
