import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Catalog, documentKinds, type RepoContractDocument } from '@sanctum/contracts'
import { commandTable } from '../../apps/cli/src/command-table.ts'
import { readCatalogFolder } from '../../apps/cli/src/node/catalog-folder.ts'
import { readCatalog } from '../../packages/catalog/src/index.ts'
import { lintContract, matchContracts } from '../../packages/repo-contracts/src/index.ts'
import { readContracts } from '../contracts/read-contracts.ts'
import { createParser, sourceClosure } from './source-closure.ts'
import { roomsOf } from './workspace-files.ts'

/** The contract of this repository against what is here, and against its neighbours. */
export async function checkOwnContract(root: string): Promise<readonly string[]> {
  const { contracts, findings } = readContracts(root)
  const [own] = contracts
  const found = [...findings, ...contracts.flatMap(lintContract), ...matchContracts(contracts).findings].map(
    ({ at, code, message }) => `${at?.file}:${at?.line}:${at?.column} ${code} ${message}`,
  )
  return own === undefined ? found : [...found, ...judgeOwnContract(own.document, await observe(root))]
}

/** What this repository really has. */
export interface Reality {
  readonly commands: ReadonlySet<string>
  /** Published packages with their versions. */
  readonly packages: Readonly<Record<string, string>>
  readonly engines: string
  /** Ports by service, of the catalog that ships, and of the reference haus. */
  readonly starter: Readonly<Record<string, readonly number[]>>
  readonly manoir: Readonly<Record<string, readonly number[]>>
  readonly pathNames: ReadonlySet<string>
  readonly neighbourFolders: readonly string[]
  readonly exists: (path: string) => boolean
  /** Every file that these files and folders are made of. */
  readonly closureOf: (paths: readonly string[]) => readonly string[]
  /** By service of this repository: the file in which its role makes its answers. */
  readonly makers: Readonly<Record<string, string>>
  /** Whether the text stands in a source of a package or an app. */
  readonly says: (text: string) => boolean
  /** The same for the reference haus. */
  readonly manoirSays: (text: string) => boolean
}

/** A line for each thing that the contract says and that is not so. */
export function judgeOwnContract(contract: RepoContractDocument, reality: Reality): readonly string[] {
  const { provides = {}, expects = {} } = contract
  const names = (pieces: object | undefined) => Object.keys(pieces ?? {})
  const not = (pieces: readonly string[], isTrue: (name: string) => boolean, why: string) =>
    pieces.filter((name) => !isTrue(name)).map((name) => `sanctum.contract.yaml: ${name} ${why}`)
  const ports = Object.entries(provides.ports ?? {})
  return [
    ...not(
      names(provides.services),
      (id) => reality.starter[id] !== undefined,
      'is provided as a service, and the starter has none of that id',
    ),
    ...not(names(provides.commands), (words) => reality.commands.has(words), 'is provided as a command, and the command tree has none'),
    ...not(
      ports.filter(([, { service, port }]) => !(reality.starter[service ?? ''] ?? []).includes(port)).map(([name]) => name),
      () => false,
      'is provided as a port that the starter does not give to that service',
    ),
    ...not(names(provides.events), (kind) => reality.says(`'${kind}'`), 'is provided as an event, and no source names it'),
    ...not(names(provides.secrets), (name) => reality.says(name), 'is provided as a secret, and no source names it'),
    ...not(names(provides.environment), (name) => reality.says(name), 'is provided as a variable, and no source names it'),
    ...not(names(provides.paths), (name) => reality.pathNames.has(name), 'is provided as a path, and no catalog here names it'),
    ...judgePackages(provides.packages ?? {}, reality),
    ...judgeFiles(provides.files ?? {}, reality),
    ...Object.entries(provides.endpoints ?? {}).flatMap(([name, { sources = [], path, service }]) => [
      ...not(
        [name],
        () => reality.makers[service] !== undefined,
        `is answered by ${service}, of which makers in own-contract.ts names no file`,
      ),
      ...judgeSources(name, sources, { maker: reality.makers[service], closureOf: reality.closureOf }),
      ...not(sources, reality.exists, `is named as a source of ${name}, and is not there`),
      ...not([path], (each) => reality.says(each), `is the path of ${name}, and no source names it`),
    ]),
    ...not(
      names(expects.services),
      (id) => reality.manoir[id] !== undefined,
      'is expected as a service, and the reference haus has none of that id',
    ),
    ...Object.entries(expects.ports ?? {}).flatMap(([name, { port }]) =>
      Object.values(reality.manoir).some((some) => some.includes(port ?? -1))
        ? []
        : [`sanctum.contract.yaml: ${name} is expected at port ${port}, which the reference haus gives to nobody`],
    ),
    ...not(
      names(expects.files),
      (name) => reality.manoirSays(name.replace('-scan', '')),
      'is expected as a file, and the reference haus names nothing like it',
    ),
    ...Object.entries(expects.programs ?? {}).flatMap(([name, { at_least }]) =>
      name !== 'node' || reality.engines.includes(String(at_least))
        ? []
        : [`sanctum.contract.yaml: node is expected from ${at_least} on, and the manifests say ${reality.engines}`],
    ),
    ...not(
      reality.neighbourFolders.filter(
        (folder) => !Object.values(contract.neighbours ?? {}).some((neighbour) => neighbour.contract === folder),
      ),
      () => false,
      'holds a contract, and is not among the neighbours',
    ),
  ]
}

/** A source that is left out could change the answer, and the verification from before would still count. */
function judgeSources(
  name: string,
  sources: readonly string[],
  { maker, closureOf }: { readonly maker: string | undefined } & Pick<Reality, 'closureOf'>,
): readonly string[] {
  const wanted = [...(maker === undefined ? [] : [maker]), ...closureOf(sources)]
  return [...new Set(wanted)]
    .filter((file) => !sources.some((source) => file === source || file.startsWith(`${source}/`)))
    .map((file) => `sanctum.contract.yaml: ${name} is made of ${file} too, which is not among its sources`)
}

function judgePackages(said: Readonly<Record<string, { readonly version: string }>>, { packages }: Reality): readonly string[] {
  const all = [...new Set([...Object.keys(said), ...Object.keys(packages)])]
  return all.flatMap((name) => {
    const [is, says] = [packages[name], said[name]?.version]
    if (is === says) return []
    if (is === undefined) return [`sanctum.contract.yaml: ${name} is provided as a package, and none is published here`]
    return [
      `sanctum.contract.yaml: ${name} is of version ${is}, and ${says === undefined ? 'is not among the packages' : `is said to be of ${says}`}`,
    ]
  })
}

function judgeFiles(
  files: Readonly<Record<string, { readonly path: string; readonly format?: string | undefined }>>,
  { says }: Reality,
): readonly string[] {
  return Object.entries(files).flatMap(([name, { path, format }]) => [
    ...(says(path.split('/').slice(1).join('/')) ? [] : [`sanctum.contract.yaml: ${name} lies at ${path}, and no source names that`]),
    ...(format === undefined || format in documentKinds
      ? []
      : [`sanctum.contract.yaml: ${name} has the form ${format}, which is no kind of document`]),
  ])
}

const makers: Reality['makers'] = {
  watchdog: 'apps/daemon/src/watchdog/run-watchdog.ts',
  dashboard: 'apps/daemon/src/dashboard/run-dashboard.ts',
  'sanctum-server': 'apps/daemon/src/router/run-router.ts',
}

async function observe(root: string): Promise<Reality> {
  const rooms = roomsOf(root)
  const published = rooms.filter(({ manifest }) => manifest.private !== true)
  const sources = readAll(root, '{packages,apps}/*/src/**/*.ts', (file) => !file.endsWith('.test.ts'))
  const manoirText = readAll(root, 'catalogs/manoir/**/*.yaml')
  const parse = createParser(root)
  const [starter, manoir] = await Promise.all([readHaus(join(root, 'catalogs/starter')), readHaus(join(root, 'catalogs/manoir'))])
  return {
    commands: new Set(commandTable.map(({ path }) => `sanctumctl ${path.join(' ')}`)),
    packages: Object.fromEntries(published.map(({ manifest }) => [String(manifest.name), String(manifest['version'])])),
    engines: String((rooms[0]?.manifest['engines'] as { node?: string } | undefined)?.node),
    starter: toPorts(starter),
    manoir: toPorts(manoir),
    pathNames: new Set([starter, manoir].flatMap((catalog) => Object.keys(catalog?.instance.value.paths ?? {}))),
    neighbourFolders: globSync('catalogs/neighbours/*/sanctum.contract.yaml', { cwd: root }).map((file) => file.replace(/\/[^/]+$/, '')),
    exists: (path) => existsSync(join(root, path)),
    closureOf: (paths) => sourceClosure(root, paths, parse),
    makers,
    says: (text) => sources.includes(text),
    manoirSays: (text) => manoirText.includes(text),
  }
}

function readAll(root: string, pattern: string, isWanted: (file: string) => boolean = () => true): string {
  return globSync(pattern, { cwd: root })
    .filter(isWanted)
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
}

async function readHaus(folder: string): Promise<Catalog | null> {
  const reading = readCatalog((await readCatalogFolder(folder)) ?? {}, { name: folder, digest: () => '' })
  return reading.kind === 'read' ? reading.catalog : null
}

function toPorts(catalog: Catalog | null): Readonly<Record<string, readonly number[]>> {
  return Object.fromEntries(
    Object.entries(catalog?.services ?? {}).map(([id, { provides = [] }]) => [id, provides.map(({ port }) => port)]),
  )
}
