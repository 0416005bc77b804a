import type { ContractVerification } from '@sanctum/contracts'
import { judgeUpgrade, listProvisions, type RepoContract, type UpgradeJudgement } from '@sanctum/repo-contracts'
import type { GitPort } from '@sanctum/repo-contracts/node'
import { type Answer, type CommandContext, Refused, UsageProblem } from '../command.ts'
import { CONTRACT_FILE, parseContract } from '../contracts/read-contracts.ts'
import { readRecord, recordFiles, sourcesOf } from '../contracts/record-verification.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import type { Ports } from '../ports.ts'
import { renderCanUpgrade } from '../views/contracts.ts'

/**
 * Whether every declared consumer has verified a revision. Consumers are those of the revision and of what is checked out, so that a
 * revision cannot come by no longer naming them; all is read from these two, and from what this machine recorded.
 */
export async function run({ options, ports }: CommandContext): Promise<Answer> {
  const git = await openRepository(ports, typeof options['repository'] === 'string' ? options['repository'] : null)
  const asked = String(options['to'] ?? 'HEAD')
  const revision = await git.resolve(asked)
  if (revision === null)
    throw new UsageProblem(`there is no revision ${asked} here`, 'Fetch it first, or name a commit, a branch or a tag.')
  const here = await git.resolve('HEAD')
  const next = await readSide(git, revision)
  const current = here === null || here === revision ? null : await readSide(git, here)
  const provider = chooseProvider(next?.provider ?? null, current?.provider ?? null)
  if (provider === null) return answer(revision, null, { may: true, consumers: [], findings: [] })
  const names = listProvisions(provider).flatMap(({ kind, name }) => (kind === 'endpoints' ? [name] : []))
  const sources = await Promise.all(names.map(async (name) => [name, await git.digestAt(revision, sourcesOf(provider, name))] as const))
  const sides = [current, next].filter((side) => side !== null)
  const judgement = judgeUpgrade({
    provider,
    consumers: [...new Map(sides.flatMap(({ consumers }) => consumers.map((each) => [each.document.repository, each]))).values()],
    records: [...sides.flatMap(({ records }) => records), ...(await readLocal(ports))],
    sources: Object.fromEntries(sources),
    digest: ports.digest,
  })
  return answer(revision, provider.document.repository, judgement)
}

/** What a revision says of itself and of its consumers. */
interface Side {
  readonly provider: RepoContract
  readonly consumers: readonly RepoContract[]
  readonly records: readonly ContractVerification[]
}

/** Null where it declares no contract. */
async function readSide(git: GitPort, revision: string): Promise<Side | null> {
  const text = await git.readAt(revision, CONTRACT_FILE)
  if (text === null) return null
  const provider = requireContract(text, CONTRACT_FILE)
  const kept = await Promise.all(
    Object.entries(provider.document.neighbours ?? {}).map(([id, { contract }]) =>
      readNeighbour(git, revision, { id, folder: contract.replace(/\/+$/, ''), by: provider.document.repository }),
    ),
  )
  return { provider, consumers: kept.map(({ consumer }) => consumer), records: kept.flatMap(({ records }) => records) }
}

/** A revision without the contract, or under another name, provides nothing any more of what consumers were promised. */
function chooseProvider(next: RepoContract | null, current: RepoContract | null): RepoContract | null {
  if (current === null || next?.document.repository === current.document.repository) return next
  const { provides: _, ...document } = current.document
  return { ...current, document }
}

function answer(revision: string, repository: string | null, { may, consumers, findings }: UpgradeJudgement): Answer {
  const data = { revision, repository, may, consumers }
  return { exit: exitOfFindings(findings), data, findings, view: (style) => renderCanUpgrade(data, findings, style) }
}

/** The one that is named, else that of the folder in which the command was typed, else that of the program. */
async function openRepository(ports: Ports, named: string | null): Promise<GitPort> {
  const { openGit } = await ports.contracts()
  const places = named === null ? [ports.files.toAbsolute('.'), ports.program.starterCatalog] : [ports.files.toAbsolute(named)]
  for (const place of places) {
    const git = await openGit(place)
    if (git !== null) return git
  }
  throw new UsageProblem(`${named ?? 'this folder'} is no working copy`, 'Name one with --repository.')
}

async function readNeighbour(
  git: GitPort,
  revision: string,
  { id, folder, by }: { readonly id: string; readonly folder: string; readonly by: string },
): Promise<{ readonly consumer: RepoContract; readonly records: readonly ContractVerification[] }> {
  const file = `${folder}/${CONTRACT_FILE}`
  const names = [CONTRACT_FILE, ...recordFiles(by)]
  const [text = null, ...records] = await Promise.all(names.map((name) => git.readAt(revision, `${folder}/${name}`)))
  // A neighbour that is declared and whose contract is gone would be a consumer nobody asks.
  if (text === null)
    throw new UsageProblem(
      `${revision.slice(0, 7)} names a neighbour in ${folder} and has no ${file}`,
      'Put the contract there, or take the neighbour out.',
    )
  const consumer = requireContract(text, file)
  const { repository } = consumer.document
  if (repository !== id)
    throw new UsageProblem(
      `${revision.slice(0, 7)} names ${id} as a neighbour, and ${file} is the contract of ${repository}`,
      'Write the same name in both: a record is found by it.',
    )
  return { consumer, records: records.flatMap((record) => readRecord(record) ?? []) }
}

function requireContract(text: string, file: string): RepoContract {
  const { contract, findings } = parseContract(text, file)
  if (contract === null) throw new Refused(findings)
  return contract
}

async function readLocal(ports: Ports): Promise<readonly ContractVerification[]> {
  const folder = `${ports.home}/state/contracts`
  const names = (await ports.files.listFolder(folder)).filter((name) => /^[^.].*\.json$/.test(name))
  const texts = await Promise.all(names.map((name) => ports.files.readText(`${folder}/${name}`)))
  return texts.flatMap((text) => readRecord(text) ?? [])
}
