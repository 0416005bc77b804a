import { type Catalog, compareText, type ModelServer, type Step } from '@sanctum/contracts'

/** What is there before a bootstrap, and what it is for. */
export interface BootstrapInput {
  readonly home: string
  readonly node: string
  /** Absolute path of the catalog's folder; null where it is the one that ships with the program. */
  readonly catalogFolder: string | null
  readonly catalog: Catalog
  readonly modelServers: readonly ModelServer[]
  readonly present: { readonly instance: PresentFile | null; readonly nodeId: PresentFile | null; readonly catalog: PresentFile | null }
  /** Write the node id and the machine layer anew even where they exist; the old ones are kept beside them. */
  readonly replaces: boolean
}

export interface PresentFile {
  readonly text: string
  readonly digest: string
}

export interface BootstrapPlan {
  readonly steps: readonly Step[]
  /** One sentence for each thing that is created. */
  readonly creates: readonly string[]
  readonly isEmpty: boolean
}

/** Decides what a machine lacks before its first generation. A file that exists is never touched without `replaces`. */
export function planBootstrap(input: BootstrapInput): BootstrapPlan {
  const files = toFiles(input).filter((file) => isWanted(file, input.replaces))
  if (files.length === 0) return { steps: [], creates: [], isEmpty: true }
  return {
    steps: [
      ...['', '/state', '/secrets'].map((path): Step => ({ do: 'make-directory', path: `${input.home}${path}`, mode: '0700' })),
      ...files.flatMap((file) => planWrite(input.home, file)),
      { do: 'sync-directory', path: input.home },
    ],
    creates: files.map(({ says }) => says),
    isEmpty: false,
  }
}

interface WantedFile {
  readonly name: '.node_id' | 'instance.yaml' | '.catalog'
  readonly present: PresentFile | null
  readonly content: string
  readonly says: string
}

function toFiles(input: BootstrapInput): WantedFile[] {
  const { present, catalogFolder } = input
  return [
    { name: '.node_id', present: present.nodeId, content: `${input.node}\n`, says: `node id ${input.node}` },
    { name: 'instance.yaml', present: present.instance, content: renderMachineLayer(input), says: describeMachineLayer(input) },
    ...(catalogFolder === null
      ? []
      : [{ name: '.catalog', present: present.catalog, content: `${catalogFolder}\n`, says: `catalog ${catalogFolder}` } as const]),
  ]
}

/** The remembered catalog follows what the person asks for; the other two are written once. */
function isWanted({ name, present, content }: WantedFile, replaces: boolean): boolean {
  if (present === null) return true
  return (replaces || name === '.catalog') && present.text !== content
}

function planWrite(home: string, { name, present, content }: WantedFile): Step[] {
  const path = `${home}/${name}`
  const beside = `${home}/.${name}.sanctum-new`
  return [
    ...(present === null || name === '.catalog' ? [] : planKeep(home, path, present)),
    { do: 'remove-file', path: beside },
    { do: 'write', path: beside, mode: '0600', content },
    { do: 'sync-files', paths: [beside] },
    { do: 'rename', from: beside, to: path },
  ]
}

/** The old one is kept durably before the new one takes its name. */
function planKeep(home: string, path: string, { digest }: PresentFile): Step[] {
  const kept = `${path}.${digest.slice(0, 16)}`
  return [
    { do: 'remove-file', path: kept },
    { do: 'copy', from: path, to: kept, mode: '0600', digest },
    { do: 'sync-files', paths: [kept] },
    { do: 'sync-directory', path: home },
  ]
}

/** External services of the catalog that stand for a model server which was found on this machine. */
function foundServers({ catalog, modelServers }: BootstrapInput): { id: string; kind: string; port: number }[] {
  return Object.entries(catalog.services)
    .flatMap(([id, service]) => {
      const found = modelServers.find(({ kind }) => service.settings?.['model_server'] === kind)
      return found ? [{ id, kind: found.kind, port: found.port }] : []
    })
    .sort((a, b) => compareText(a.id, b.id))
}

function describeMachineLayer(input: BootstrapInput): string {
  const found = foundServers(input)
  if (found.length === 0) return "this machine's own layer, empty: no model server was found"
  return `this machine's own layer with ${found.map(({ kind, port }) => `${kind} on ${port}`).join(', ')}`
}

function renderMachineLayer(input: BootstrapInput): string {
  const found = foundServers(input)
  return [
    "# This machine's own layer. sanctumctl bootstrap wrote it once and never rewrites it: change what you like.",
    '# It stands above the catalog and its overlays, and below SANCTUM_* variables and flags.',
    ...(found.length === 0
      ? ['services: {}']
      : ['services:', ...found.flatMap(({ id, port }) => [`  ${id}:`, '    enabled: true', `    port: ${port}`])]),
    '',
  ].join('\n')
}
