import type {
  AgentDocumentName,
  Catalog,
  CatalogFiles,
  CatalogReading,
  DocumentKind,
  Finding,
  Layer,
  LayerName,
  Places,
  Position,
} from '@sanctum/contracts'
import { hasErrors, sortFindings } from '@sanctum/contracts'
import { listRead, type SortedFiles, sortFiles } from './catalog-files.ts'
import { createFinding } from './create-finding.ts'
import { advice, findSecretShape } from './find-secrets.ts'
import { joinDocuments, type Placed } from './join-documents.ts'
import type { IdKind } from './lint/view.ts'
import { lintDraft } from './lint-catalog.ts'
import { type DocumentOf, type ParsedDocument, parseDocument } from './parse-document.ts'
import { createTextPlaces } from './text-places.ts'

/**
 * The text files of a catalog folder to a checked catalog, or to every finding there is: of text, form, spelling,
 * references and meaning. What has no error is checked against the rest even where another file is broken.
 * `name` stands in messages; `digest` is SHA-256 of a text in hexadecimal.
 */
export function readCatalog(
  files: CatalogFiles,
  { name, digest }: { readonly name: string; readonly digest: (text: string) => string },
): CatalogReading {
  const sorted = sortFiles(files)
  const isMissing = sorted.findings.some(({ code }) => code === 'MISSING_FILE')
  const reading: Reading = {
    files,
    findings: [...sorted.findings],
    whole: !isMissing,
    declared: new Set(),
    open: new Set(isMissing && sorted.catalogs.length === 0 ? ['services'] : []),
  }
  const documents = readDocuments(reading, sorted)
  const joined = joinDocuments(documents.catalogs, documents.runtime, (id) => isDeclared(reading, id))
  const catalog: Catalog = {
    name,
    digest: digest(JSON.stringify(listRead(sorted).map((file) => [file, files[file]]))),
    services: joined.services,
    retired: joined.retired,
    places: { ...joined.places, ...documents.places },
    instance: documents.instance ?? emptyInstance,
    overlays: documents.overlays,
    capabilities: documents.capabilities,
    agentDocuments: readAgentDocuments(reading, sorted),
    stability: documents.stability,
  }
  const findings = [...reading.findings, ...joined.findings, ...lintDraft({ catalog, ...reading })]
  return hasErrors(findings)
    ? { kind: 'invalid', findings: sortFindings(findings) }
    : { kind: 'read', catalog, findings: sortFindings(findings) }
}

interface Reading {
  readonly files: CatalogFiles
  readonly findings: Finding[]
  readonly declared: Set<string>
  readonly open: Set<IdKind>
  /** False as soon as a part could not be read, so that nothing is concluded from what is absent. */
  whole: boolean
}

const emptyInstance: Layer = { layer: 'catalog', source: 'instance.yaml', value: {}, places: {} }

function readDocuments(reading: Reading, sorted: SortedFiles) {
  const capabilities = readOne(reading, sorted.capabilities, 'agent-capabilities')
  const stability = readOne(reading, sorted.stability, 'stability-window')
  return {
    catalogs: sorted.catalogs.map((file) => read(reading, file, 'catalog')).filter((document) => document !== null),
    runtime: readOne(reading, sorted.runtime, 'runtime-catalog'),
    instance: sorted.instance === null ? null : readLayer(reading, sorted.instance, 'catalog'),
    overlays: readOverlays(reading, sorted),
    capabilities: capabilities?.value ?? null,
    stability: stability?.value ?? null,
    places: { ...(capabilities?.places ?? {}), ...under('/stability', stability?.places ?? {}) },
  }
}

function readOne<Kind extends DocumentKind>(reading: Reading, file: string | null, kind: Kind): Placed<DocumentOf<Kind>> | null {
  return file === null ? null : read(reading, file, kind)
}

function read<Kind extends DocumentKind>(reading: Reading, file: string, kind: Kind): Placed<DocumentOf<Kind>> | null {
  const parsed: ParsedDocument<Kind> = parseDocument(reading.files[file] as string, { file, kind })
  reading.findings.push(...parsed.findings)
  if (parsed.value === null) reading.whole = false
  noteDeclared(reading, file.startsWith('overlays/') ? undefined : declares[kind], parsed)
  const value = parsed.value ?? parsed.salvage
  return value === null ? null : { value, places: parsed.places }
}

interface Declares {
  readonly key: string
  readonly kind: IdKind
}

/** What each kind of document declares, and under which key. A layer names services, but only changes them. */
const declares: Partial<Record<DocumentKind, Declares>> = {
  catalog: { key: 'services', kind: 'services' },
  'runtime-catalog': { key: 'auxiliary', kind: 'services' },
  layer: { key: 'nodes', kind: 'nodes' },
  'agent-capabilities': { key: 'agents', kind: 'agents' },
}

/** A broken file in which not even ids can be told may declare any. */
function noteDeclared(reading: Reading, declares: Declares | undefined, { value, declared }: ParsedDocument<DocumentKind>): void {
  if (declares === undefined) return
  const ids = [...declared].filter((name) => name.startsWith(`${declares.key}/`))
  for (const name of ids) reading.declared.add(name)
  if (value === null && ids.length === 0) reading.open.add(declares.kind)
}

function readLayer(reading: Reading, file: string, layer: LayerName): Layer | null {
  const document = read(reading, file, 'layer')
  return document === null ? null : { layer, source: file, ...document }
}

function readOverlays(reading: Reading, { overlays }: SortedFiles): Record<string, Layer> {
  return Object.fromEntries(
    overlays.flatMap(({ file, node }) => {
      const layer = readLayer(reading, file, 'overlay')
      return layer === null ? [] : [[node, layer]]
    }),
  )
}

function readAgentDocuments({ files, findings }: Reading, { agents }: SortedFiles): Catalog['agentDocuments'] {
  const documents: Record<string, Partial<Record<AgentDocumentName, string>>> = {}
  for (const { file, agent, document } of agents) {
    const text = files[file] as string
    const secret = findSecretShape(text)
    if (secret)
      findings.push(createFinding('SECRET_LITERAL', createTextPlaces(text, file)(secret.offset), `The text holds ${secret.name}.`, advice))
    documents[agent] = { ...documents[agent], [document]: text }
  }
  return documents
}

function under(root: string, places: Places): Places {
  return Object.fromEntries(Object.entries(places).map(([pointer, at]): [string, Position] => [root + pointer, at]))
}

/** Declared somewhere, even if with an error that keeps it out of the catalog; or nobody can tell. */
function isDeclared({ declared, open }: Reading, id: string): boolean {
  return open.has('services') || declared.has(`services/${id}`) || declared.has(`auxiliary/${id}`)
}
