import {
  type Catalog,
  type DocumentSchema,
  didYouMean,
  type Finding,
  layerDocument,
  nearestNames,
  type Origin,
  service,
} from '@sanctum/contracts'
import { type HostCode, hostFinding, placeOf, relatedPlaces } from './host-finding.ts'
import { judgeInstance } from './judge-instance.ts'
import type { MergedService } from './merge-services.ts'
import type { MergedHost } from './merged-host.ts'
import { isPlainObject, ownValue, sortedKeys, valueAt } from './plain-data.ts'
import { toPointer } from './pointer.ts'
import { isSecretName, isSecretText } from './secret-shapes.ts'

type Merging = Omit<MergedHost, 'findings'>

/** What is wrong with the layers taken together, each finding at the place that said it. */
export function judgeLayers(host: Merging, catalog: Catalog): Finding[] {
  return [
    ...judgeSchema(layerDocument, host.document, host.originOf, ''),
    ...judgeInstance(host),
    ...judgeNodeServices(host, catalog),
    ...judgeSecrets(host),
    ...[...host.services.values()].flatMap((merged) => judgeService(merged, host, catalog)),
  ]
}

const invalidCode: Readonly<Record<string, HostCode>> = {
  machine: 'MACHINE_VALUE_INVALID',
  environment: 'VARIABLE_INVALID',
  flag: 'SETTING_INVALID',
}

/** Each layer fits its schema; that they fit it together is asked here. */
function judgeSchema(schema: DocumentSchema, value: unknown, originOf: (path: readonly string[]) => Origin, subject: string): Finding[] {
  const parsed = schema.safeParse(value)
  if (parsed.success) return []
  return parsed.error.issues.map((issue) => {
    const path = issue.path.map(String)
    const origin = originOf(path)
    const name = [...(subject === '' ? [] : ['services', subject]), ...path].join('.')
    return hostFinding(
      invalidCode[origin.layer] ?? 'OVERLAY_VALUE_INVALID',
      `${name || 'the document'} cannot be made: ${toComplaint(issue.message)}`,
      {
        ...placeOf(origin),
        evidence: { observed: describeValue(valueAt(value, path)) },
        fix: { text: `Correct ${name || 'it'} in ${origin.source}, or take it out there.` },
      },
    )
  })
}

/** The words of the schema library, for a person. */
function toComplaint(message: string): string {
  return message
    .replace(/^Invalid input: /, '')
    .replace(/, received undefined$/, ', but it is missing')
    .replace(/, received /, ', not ')
}

function describeValue(value: unknown): string {
  return value === undefined
    ? 'nothing'
    : isPlainObject(value)
      ? `the keys ${sortedKeys(value).join(', ')}`
      : JSON.stringify(value).slice(0, 80)
}

function judgeNodeServices({ document, services, originOf }: Merging, catalog: Catalog): Finding[] {
  return sortedKeys(document.nodes ?? {}).flatMap((node) =>
    sortedKeys(document.nodes?.[node]?.services ?? {})
      .filter((id) => !services.has(id) && !Object.hasOwn(catalog.retired, id))
      .map((id) => {
        const near = nearestNames(id, services.keys())
        return hostFinding('NODE_SERVICE_UNKNOWN', `node ${node} switches ${id}, which the catalog does not have.${didYouMean(near)}`, {
          ...placeOf(originOf(['nodes', node, 'services', id])),
          fix: { text: near[0] === undefined ? `Take ${id} out.` : `Write ${near[0]} instead of ${id}.` },
        })
      }),
  )
}

/** Checked-in files are searched for secrets when they are read; here only what a machine adds. */
function judgeSecrets({ stack }: Merging): Finding[] {
  return stack
    .filter(({ layer }) => layer === 'machine' || layer === 'environment' || layer === 'flag')
    .flatMap(({ services, originAt }) =>
      sortedKeys(services).flatMap((id) =>
        Object.entries(services[id]?.run?.env ?? {})
          .filter(([name, value]) => typeof value === 'string' && isLiteralSecret(name, value))
          .map(([name]) =>
            hostFinding('SECRET_IN_LAYER', `${name} of ${id} is given as a plain value`, {
              ...placeOf(originAt(toPointer(['services', id, 'run', 'env', name]))),
              fix: {
                text: `Write the value to secrets/${name.toLowerCase()} (mode 0600) and name it under run.secrets: { ${name}: { secret: ${name.toLowerCase()} } }.`,
              },
            }),
          ),
      ),
    )
}

function isLiteralSecret(name: string, value: string): boolean {
  return isSecretText(value) || (isSecretName(name) && value !== '' && !value.startsWith('/') && !/^\$\{/.test(value))
}

function judgeService(merged: MergedService, host: Merging, catalog: Catalog): Finding[] {
  const isPatched = (merged.says.at(-1)?.layer ?? 'catalog') !== 'catalog' || merged.says.length > 2
  return [
    ...(isPatched ? judgeSchema(service, merged.value, merged.originOf, merged.id) : []),
    ...judgeRequirements(merged, host, catalog),
    ...judgePort(merged),
  ]
}

function judgeRequirements({ id, value, originOf }: MergedService, { services }: Merging, catalog: Catalog): Finding[] {
  if (!Array.isArray(value.requires)) return []
  return value.requires.flatMap((requirement, index) => {
    const required = typeof requirement === 'string' ? requirement : requirement.service
    if (services.has(required)) return []
    const tombstone = ownValue(catalog.retired, required) as Catalog['retired'][string] | undefined
    const near = tombstone?.replaced_by ? [tombstone.replaced_by] : nearestNames(required, services.keys())
    return hostFinding(
      'REQUIREMENT_UNKNOWN',
      `${id} requires ${required}, which ${tombstone ? 'is retired' : 'does not exist'}.${didYouMean(near)}`,
      {
        ...placeOf(originOf(['requires', String(index)])),
        fix: { text: near[0] === undefined ? `Take ${required} out of the requirements.` : `Write ${near[0]} instead of ${required}.` },
      },
    )
  })
}

function judgePort({ id, value, portMove, originOf }: MergedService): Finding[] {
  if (!portMove) return []
  const moved = originOf(['provides', '0', 'port'])
  if (portMove.instead === null)
    return [
      hostFinding('PORT_PATCH_WITHOUT_PORT', `${id} gets port ${portMove.port}, but it provides nothing`, {
        ...placeOf(moved),
        fix: { text: `Say under provides of ${id} what listens there, or take the port out.` },
      }),
    ]
  if (portMove.instead === portMove.port) return []
  return Object.entries(value.health ?? {}).flatMap(([purpose, probe]) => {
    if (probe === undefined || !('port' in probe) || probe.port !== portMove.instead) return []
    const asks = originOf(['health', purpose, 'port'])
    return hostFinding('PROBE_LEFT_BEHIND', `${id} listens on ${portMove.port} here, but its ${purpose} probe still asks ${probe.port}`, {
      ...placeOf(moved),
      ...relatedPlaces([{ origin: asks, message: 'the probe' }]),
      evidence: { expected: String(portMove.port), observed: String(probe.port) },
      fix: { text: `Take port out of the ${purpose} probe; it then follows the service.` },
    })
  })
}
