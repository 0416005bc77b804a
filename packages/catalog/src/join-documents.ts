import {
  type CatalogDocument,
  compareText,
  type Finding,
  type Places,
  type Position,
  type Requirement,
  type RuntimeCatalogDocument,
  type Service,
  type Tombstone,
} from '@sanctum/contracts'
import { createFinding } from './create-finding.ts'
import { createNearest, suggest } from './nearest.ts'
import { toStep } from './to-value.ts'

/** A document with the places of its values. */
export interface Placed<Document> {
  readonly value: Document
  readonly places: Places
}

export interface Joined {
  readonly services: Readonly<Record<string, Service>>
  readonly retired: Readonly<Record<string, Tombstone>>
  readonly places: Places
  readonly findings: readonly Finding[]
}

/** Services of all files in one table, with the edges and remediation that the runtime catalog adds. Each id once. */
export function joinDocuments(
  catalogs: readonly Placed<CatalogDocument>[],
  runtime: Placed<RuntimeCatalogDocument> | null,
  isKnown: (id: string) => boolean,
): Joined {
  const join: Join = { services: new Map(), retired: new Map(), places: {}, findings: [] }
  for (const { value, places } of catalogs) {
    addAll(join, join.services, value.services, places, '/services', '/services')
    addAll(join, join.retired, value.retired, places, '/retired', '/retired')
  }
  if (runtime) addRuntime(join, runtime, isKnown)
  return { services: toSorted(join.services), retired: toSorted(join.retired), places: join.places, findings: join.findings }
}

interface Join {
  readonly services: Map<string, Service>
  readonly retired: Map<string, Tombstone>
  readonly places: Record<string, Position>
  readonly findings: Finding[]
}

function addAll<Value>(
  join: Join,
  into: Map<string, Value>,
  from: Readonly<Record<string, Value>> | undefined,
  places: Places,
  root: string,
  target: string,
): void {
  const added = new Set<string>()
  for (const [id, value] of Object.entries(from ?? {})) {
    const pointer = target + toStep(id)
    if (into.has(id)) reportTwice(join, `${id} is declared twice`, places[root + toStep(id)], join.places[pointer])
    else {
      into.set(id, value)
      added.add(id)
    }
  }
  copyPlaces(join, places, root, target, added)
}

/** One pass over the places of a file, whatever the number of its services. */
function copyPlaces(join: Join, places: Places, root: string, target: string, added: ReadonlySet<string>): void {
  for (const [pointer, at] of Object.entries(places)) {
    if (!pointer.startsWith(`${root}/`)) continue
    const rest = pointer.slice(root.length)
    const end = rest.indexOf('/', 1)
    if (added.has(rest.slice(1, end < 0 ? undefined : end))) join.places[target + rest] = at
  }
}

function reportTwice(join: Join, what: string, at: Position | undefined, first: Position | undefined): void {
  const where = first ? `, first in ${first.file} on line ${first.line}` : ''
  const related = first ? { related: [{ at: first, message: 'The first is here.' }] } : {}
  join.findings.push(createFinding('DUPLICATE_ID', at, `${what}${where}.`, 'Keep one of the two.', related))
}

function addRuntime(join: Join, { value, places }: Placed<RuntimeCatalogDocument>, isKnown: (id: string) => boolean): void {
  addAll(join, join.services, value.auxiliary, places, '/auxiliary', '/services')
  for (const [index, edge] of (value.edges ?? []).entries()) addEdge(join, edge, places, `/edges/${index}`, isKnown)
  for (const [id, remediation] of Object.entries(value.remediation ?? {})) addRemediation(join, id, remediation, places, isKnown)
}

type Edge = NonNullable<RuntimeCatalogDocument['edges']>[number]

function addEdge(join: Join, { from, to, ...rest }: Edge, places: Places, pointer: string, isKnown: (id: string) => boolean): void {
  const service = join.services.get(from)
  if (service === undefined) {
    reportUnknown(join, from, places[`${pointer}/from`], isKnown)
    return
  }
  const requirement: Requirement = { service: to, ...rest }
  const target = `/services/${from}/requires/${service.requires?.length ?? 0}`
  join.services.set(from, { ...service, requires: [...(service.requires ?? []), requirement] })
  for (const [key, written] of [
    ['', ''],
    ['/service', '/to'],
    ['/strength', '/strength'],
    ['/reason', '/reason'],
  ] as const) {
    const at = places[pointer + written]
    if (at) join.places[target + key] = at
  }
}

function addRemediation(
  join: Join,
  id: string,
  remediation: Service['remediation'],
  places: Places,
  isKnown: (id: string) => boolean,
): void {
  const root = `/remediation${toStep(id)}`
  const target = `/services/${id}/remediation`
  const service = join.services.get(id)
  if (service === undefined) {
    reportUnknown(join, id, places[root], isKnown)
    return
  }
  if (service.remediation) {
    reportTwice(join, `The remediation of ${id} is given twice`, places[root], join.places[target])
    return
  }
  join.services.set(id, { ...service, remediation })
  for (const [pointer, at] of Object.entries(places))
    if (pointer === root || pointer.startsWith(`${root}/`)) join.places[target + pointer.slice(root.length)] = at
}

function reportUnknown(join: Join, id: string, at: Position | undefined, isKnown: (id: string) => boolean): void {
  if (isKnown(id)) return
  const retired = join.retired.get(id)
  join.findings.push(
    retired
      ? createFinding(
          'RETIRED_REFERENCE',
          at,
          `${id} is retired since ${retired.retired}.`,
          retired.replaced_by ? `Write ${retired.replaced_by}.` : 'Remove the entry.',
        )
      : createFinding(
          'UNKNOWN_SERVICE',
          at,
          `There is no service ${id}.`,
          suggest(createNearest(), id, join.services.keys(), 'Correct the id, or declare the service.'),
        ),
  )
}

function toSorted<Value>(map: ReadonlyMap<string, Value>): Readonly<Record<string, Value>> {
  return Object.fromEntries([...map].sort(([a], [b]) => compareText(a, b)))
}
