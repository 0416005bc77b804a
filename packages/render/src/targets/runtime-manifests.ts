import type { Finding, Haus, ResolvedService, ServiceManifestDocument } from '@sanctum/contracts'
import { findUnwritable } from '../documents/find-unwritable.ts'
import { toCanonicalManifest } from '../documents/to-canonical-manifest.ts'
import { toYaml } from '../documents/to-yaml.ts'
import { toSource } from '../header.ts'
import { hasUnit } from '../plan-unit.ts'
import type { Rendered, Target, TargetInput } from '../target.ts'
import { excerpt, toFinding } from '../to-finding.ts'

/** `services/<id>.yaml`: what other tools and the watchdog know of a service on this node, unit or not. */
export const renderRuntimeManifests: Target = (input) => {
  const rendered = Object.values(input.haus.services).map((service) => renderManifest(input, service))
  return { drafts: rendered.flatMap(({ drafts }) => drafts), findings: rendered.flatMap(({ findings }) => findings) }
}

function renderManifest({ digest, haus, schemas }: TargetInput, service: ResolvedService): Rendered {
  const manifest = toManifest(haus, service)
  const unwritable = findUnwritable(manifest)
  if (unwritable !== null) return { drafts: [], findings: [toUncarried(haus, service, unwritable)] }
  const canonical = toCanonicalManifest(manifest)
  if (canonical.kind === 'invalid') return { drafts: [], findings: canonical.issues.map((issue) => toInvalid(haus, service, issue)) }
  const schema = `${schemas}/service-manifest.schema.json`
  return {
    drafts: [
      {
        target: 'runtime-manifests',
        subject: service.id,
        path: `services/${service.id}.yaml`,
        publish: null,
        mode: '0644',
        content: toYaml(canonical.manifest, { digest, schema, source: toSource(haus, `services/${service.id}`) }),
        unit: null,
      },
    ],
    findings: [],
  }
}

function toManifest(haus: Haus, service: ResolvedService): ServiceManifestDocument {
  const { capacity, default_backend, remediation } = service
  return {
    name: service.id,
    display_name: service.title,
    kind: service.kind,
    tier: service.tier,
    node: haus.node.id,
    label: hasUnit(haus, service.id) ? service.label : null,
    ...(service.fallback_only ? { fallback_only: true } : {}),
    provides: service.provides.map((provision) => ({ ...provision })),
    requires: service.requires.map(({ running, service: required, strength }) => ({ service: required, strength, running })),
    health: service.health as ServiceManifestDocument['health'],
    remediation: {
      actions: remediation.actions.map(({ command, ...action }) => ({ ...action, ...(command === null ? {} : { command: [...command] }) })),
      max_restarts: remediation.max_restarts,
      window_s: remediation.window_s,
      cooldown_s: remediation.cooldown_s,
      quarantine_after: remediation.quarantine_after,
      escalation_level: remediation.escalation_level,
      ...(remediation.responsible_agent === null ? {} : { responsible_agent: remediation.responsible_agent }),
    },
    ...(capacity === null ? {} : { capacity: toCapacity(capacity) }),
    ...(Object.keys(service.settings).length === 0 ? {} : { settings: service.settings as ServiceManifestDocument['settings'] }),
    ...(Object.keys(service.backends).length === 0 ? {} : { backends: service.backends }),
    ...(default_backend === null ? {} : { default_backend }),
  }
}

function toCapacity({
  process_pattern,
  ...capacity
}: NonNullable<ResolvedService['capacity']>): NonNullable<ServiceManifestDocument['capacity']> {
  return { ...capacity, exclusive_with: [...capacity.exclusive_with], ...(process_pattern === null ? {} : { process_pattern }) }
}

function toUncarried(haus: Haus, service: ResolvedService, unwritable: string): Finding {
  return toFinding(haus, service.id, {
    code: 'VALUE_NOT_CARRIED',
    message: `A value of ${excerpt(service.id)} holds half of a surrogate pair: ${excerpt(unwritable)}.`,
    fix: 'Take the broken character out of the value.',
    observed: unwritable,
  })
}

function toInvalid(haus: Haus, service: ResolvedService, { message, path }: { readonly message: string; readonly path: string }): Finding {
  return toFinding(haus, service.id, {
    code: 'DOCUMENT_NOT_VALID',
    message: `The manifest of ${excerpt(service.id)} does not fit its schema at ${excerpt(path)}: ${message}.`,
    fix: `Correct that field of ${excerpt(service.id)} in the catalog.`,
    field: path,
  })
}
