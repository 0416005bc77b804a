import { parseDocument } from '@sanctum/catalog'
import { type Finding, sortFindings } from '@sanctum/contracts'
import { contractFinding, type RepoContract } from '@sanctum/repo-contracts'
import { type CommandContext, UsageProblem } from '../command.ts'
import type { Ports } from '../ports.ts'

export const CONTRACT_FILE = 'sanctum.contract.yaml'

/** A repository whose contract was read. */
export interface ReadRepository {
  /** Absolute path of the folder of the contract. */
  readonly folder: string
  /** The same as it was typed. */
  readonly shown: string
  readonly contract: RepoContract
}

export interface ReadContracts {
  readonly repositories: readonly ReadRepository[]
  /** Contracts that were not asked for, but provide what the others expect. */
  readonly beside: readonly Omit<ReadRepository, 'shown'>[]
  /** Of text and form; a contract with an error in it is not among the repositories. */
  readonly findings: readonly Finding[]
}

/** The contracts of the folders that were named, or of this repository; with those of the neighbours that each keeps. */
export async function readContracts({ args, ports }: CommandContext): Promise<ReadContracts> {
  const given = (args[0] as readonly string[] | undefined) ?? []
  const named = await Promise.all((given.length === 0 ? [await findRoot(ports)] : given).map((folder) => readNamed(ports, folder)))
  const readings = [...named, ...(await readNeighbours(ports, named))]
  const repositories = readings.flatMap(({ repository }) => repository ?? [])
  return {
    repositories,
    beside: await readBeside(ports, repositories),
    findings: sortFindings(readings.flatMap(({ findings }) => findings)),
  }
}

/** A contract from its text; null where something stops it. */
export function parseContract(
  text: string,
  file: string,
): { readonly contract: RepoContract | null; readonly findings: readonly Finding[] } {
  const { value, places, findings } = parseDocument(text, { file, kind: 'repo-contract' })
  return { contract: value === null ? null : { file, document: value, places }, findings }
}

interface Reading {
  readonly repository: ReadRepository | null
  readonly findings: readonly Finding[]
}

async function readNamed(ports: Ports, shown: string): Promise<Reading> {
  const folder = ports.files.toAbsolute(shown)
  if (!(await ports.host.presence([folder]))[folder])
    throw new UsageProblem(`there is no folder ${shown}`, 'Name the folder of a repository that has a sanctum.contract.yaml.')
  const file = join(shown, CONTRACT_FILE)
  const text = await ports.files.readText(`${folder}/${CONTRACT_FILE}`)
  if (text === null) return { repository: null, findings: [toAbsent(shown, file)] }
  const { contract, findings } = parseContract(text, file)
  return { repository: contract === null ? null : { folder, shown, contract }, findings }
}

async function findRoot(ports: Ports): Promise<string> {
  const here = ports.files.toAbsolute('.')
  const git = await (await ports.contracts()).openGit(here)
  return git === null || git.root === here ? '.' : git.root
}

/** Contracts that a repository keeps of others, but for those of which a folder was named. */
async function readNeighbours(ports: Ports, named: readonly Reading[]): Promise<readonly Reading[]> {
  const known = new Set(named.map(({ repository }) => repository?.contract.document.repository))
  const kept = named.flatMap(({ repository }) =>
    Object.entries(repository?.contract.document.neighbours ?? {}).map(([id, { contract }]) => ({
      id,
      shown: join(repository?.shown ?? '.', contract),
    })),
  )
  const wanted = kept.filter(({ id }, index) => !known.has(id) && kept.findIndex((each) => each.id === id) === index)
  return Promise.all(wanted.map(({ shown }) => readNamed(ports, shown)))
}

/** What a neighbour expects of Sanctum is held against the contract of the checkout that this program was built from, where there is one. */
async function readBeside(ports: Ports, repositories: readonly ReadRepository[]): Promise<ReadContracts['beside']> {
  const folder = ports.program.starterCatalog.replace(/\/catalogs\/starter$/, '')
  const text = await ports.files.readText(`${folder}/${CONTRACT_FILE}`)
  if (text === null) return []
  const { contract } = parseContract(text, join(ports.files.toShown(folder), CONTRACT_FILE))
  const isRead = repositories.some((each) => each.contract.document.repository === contract?.document.repository)
  return contract === null || isRead ? [] : [{ folder, contract }]
}

function toAbsent(shown: string, file: string): Finding {
  return contractFinding('CONTRACT_ABSENT', `${shown} has no ${CONTRACT_FILE}, so nobody knows what it provides and relies on.`, {
    subject: file,
    fix: { text: 'Write one, and fill in what only you know.', command: `sanctumctl contracts init ${shown}` },
  })
}

/** For messages: `.` and a slash at the end add nothing. */
export function join(folder: string, name: string): string {
  return folder === '.' ? name : `${folder.replace(/\/+$/, '')}/${name}`
}
