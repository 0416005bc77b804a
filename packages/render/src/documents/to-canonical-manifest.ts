import { type ServiceManifestDocument, serviceManifestDocument } from '@sanctum/contracts'
import { toSorted } from './to-sorted.ts'

export type CanonicalManifest =
  | { readonly kind: 'valid'; readonly manifest: ServiceManifestDocument }
  | { readonly kind: 'invalid'; readonly issues: readonly { readonly path: string; readonly message: string }[] }

/** The manifest with its fields in the order of its schema, and names that somebody chose in code-unit order. */
export function toCanonicalManifest(manifest: ServiceManifestDocument): CanonicalManifest {
  const parsed = serviceManifestDocument.safeParse(toSorted(manifest))
  if (parsed.success) return { kind: 'valid', manifest: parsed.data }
  return { kind: 'invalid', issues: parsed.error.issues.map(({ message, path }) => ({ path: path.join('/'), message })) }
}
