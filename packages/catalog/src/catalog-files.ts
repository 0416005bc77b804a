import { type AgentDocumentName, agentDocumentNames, type CatalogFiles, compareText, type Finding } from '@sanctum/contracts'
import { createFinding } from './create-finding.ts'
import { createNearest, suggest } from './nearest.ts'

/** The files of a catalog folder by what they are. Names are sorted by code unit. */
export interface SortedFiles {
  readonly catalogs: readonly string[]
  readonly runtime: string | null
  readonly instance: string | null
  readonly overlays: readonly { readonly file: string; readonly node: string }[]
  readonly capabilities: string | null
  readonly stability: string | null
  readonly agents: readonly { readonly file: string; readonly agent: string; readonly document: AgentDocumentName }[]
  readonly findings: readonly Finding[]
}

/** Says what each file is. A YAML file that nothing reads is a warning; other files are nobody's business. */
export function sortFiles(files: CatalogFiles): SortedFiles {
  const names = Object.keys(files).sort(compareText)
  const only = (name: string) => (Object.hasOwn(files, name) ? name : null)
  const catalogs = names.filter((name) => name === 'catalog.yaml' || /^catalog\.d\/[^/]+\.yaml$/.test(name)).sort(mainFirst)
  return {
    catalogs,
    runtime: only('runtime_catalog.yaml'),
    instance: only('instance.yaml'),
    overlays: names.flatMap((file) => toOverlay(file)),
    capabilities: only('agent_capabilities.yaml'),
    stability: only('stability_window.yaml'),
    agents: names.flatMap((file) => toAgentDocument(file)),
    findings: [
      ...(catalogs.length === 0 ? [toMissing('catalog.yaml', 'services')] : []),
      ...(Object.hasOwn(files, 'instance.yaml') ? [] : [toMissing('instance.yaml', 'nodes')]),
      ...names.filter(isUnread).map(toUnread),
    ],
  }
}

/** So that of two files with one id, the main one has the first. */
function mainFirst(a: string, b: string): number {
  return Number(b === 'catalog.yaml') - Number(a === 'catalog.yaml')
}

/** The names of all files that are read, sorted: what the digest of a catalog covers. */
export function listRead(sorted: SortedFiles): readonly string[] {
  const { catalogs, runtime, instance, capabilities, stability, overlays, agents } = sorted
  const single = [runtime, instance, capabilities, stability].filter((file) => file !== null)
  return [...catalogs, ...single, ...overlays.map(({ file }) => file), ...agents.map(({ file }) => file)].sort(compareText)
}

function toOverlay(file: string): { file: string; node: string }[] {
  const [, node] = /^overlays\/([^/]+)\.yaml$/.exec(file) ?? []
  return node === undefined ? [] : [{ file, node }]
}

function toAgentDocument(file: string): { file: string; agent: string; document: AgentDocumentName }[] {
  const [, agent, name] = /^agents\/([a-z][a-z0-9-]*)\/([^/]+)$/.exec(file) ?? []
  const document = agentDocumentNames.find((known) => known === name)
  return agent === undefined || document === undefined ? [] : [{ file, agent, document }]
}

function toMissing(file: string, what: string): Finding {
  return createFinding(
    'MISSING_FILE',
    { file, line: 1, column: 1 },
    `${file} is missing.`,
    `Add ${file} with the ${what} of the haus, or name the right folder with --catalog.`,
  )
}

const rootNames = ['catalog.yaml', 'runtime_catalog.yaml', 'instance.yaml', 'agent_capabilities.yaml', 'stability_window.yaml']

/** YAML in the root, and in the two folders where only `.yaml` is read. Generated `services/` is not read at all. */
function isUnread(name: string): boolean {
  if (/^(catalog\.d|overlays)\//.test(name)) return /\.yml$/.test(name) || /^(catalog\.d|overlays)\/.+\/.+\.yaml$/.test(name)
  return /^[^/]+\.ya?ml$/.test(name) && !rootNames.includes(name)
}

function toUnread(file: string): Finding {
  const inFolder = file.includes('/')
  const fix = inFolder
    ? `Rename it to ${file.replace(/\/.*\//, '/').replace(/\.yml$/, '.yaml')}.`
    : suggest(
        createNearest(),
        file.replace(/\.yml$/, '.yaml'),
        rootNames,
        'Move it into catalog.d/ if it declares services, or out of the folder.',
      )
  return createFinding('UNKNOWN_FILE', { file, line: 1, column: 1 }, `Nothing reads ${file}.`, fix)
}
