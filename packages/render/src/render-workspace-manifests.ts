import { type Catalog, compareText, type Service, type ServiceManifestDocument } from '@sanctum/contracts'
import { toCanonicalManifest } from './documents/to-canonical-manifest.ts'
import { toYaml } from './documents/to-yaml.ts'
import { type Digest, plain } from './header.ts'

export interface WorkspaceManifest {
  /** Relative to the folder of the catalog. */
  readonly path: string
  readonly content: string
}

/**
 * `services/<id>.yaml` of a catalog: independent of any host, placeholders left as they stand, so that two machines
 * never rewrite them in turn and a reviewer sees what a change does. Where the catalog lies does not enter them either.
 */
export function renderWorkspaceManifests(
  catalog: Catalog,
  { digest, schemas = '../../../packages/contracts/schemas' }: { readonly digest: Digest; readonly schemas?: string },
): readonly WorkspaceManifest[] {
  return Object.entries(catalog.services)
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, service]) => ({
      path: `services/${id}.yaml`,
      content: toYaml(toCanonical(toManifest(id, service, catalog)), {
        digest,
        schema: `${schemas}/service-manifest.schema.json`,
        source: `services/${id} of haus ${plain(catalog.instance.value.instance?.slug ?? '')}`,
      }),
    }))
}

function toCanonical(manifest: ServiceManifestDocument): ServiceManifestDocument {
  const canonical = toCanonicalManifest(manifest)
  if (canonical.kind === 'valid') return canonical.manifest
  // A catalog has passed its schema, and a manifest is made of nothing else.
  throw new Error(
    `the manifest of ${manifest.name} does not fit its schema: ${canonical.issues.map(({ message, path }) => `${path}: ${message}`).join('; ')}`,
  )
}

function toManifest(id: string, service: Service, { services }: Catalog): ServiceManifestDocument {
  const optional = {
    on: service.on,
    fallback_only: service.fallback_only,
    remediation: service.remediation,
    capacity: service.capacity,
    settings: service.settings,
    backends: service.backends,
    default_backend: service.default_backend,
  }
  return {
    name: id,
    display_name: service.title ?? id,
    kind: service.kind,
    tier: service.tier,
    label: service.label ?? null,
    provides: service.provides ?? [],
    requires: (service.requires ?? []).map((edge) => {
      const { running, service: required, strength = 'hard' } = typeof edge === 'string' ? { service: edge } : edge
      const kind = services[required]?.kind
      return { service: required, strength, running: running ?? (kind !== 'oneshot' && kind !== 'periodic') }
    }),
    health: service.health ?? {},
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Partial<ServiceManifestDocument>),
  }
}
