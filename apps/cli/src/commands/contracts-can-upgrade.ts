import { type ContractVerification, contractVerification } from '@sanctum/contracts'
import { judgeUpgrade, listProvisions, type RepoContract, type UpgradeJudgement } from '@sanctum/repo-contracts'
import type { GitPort } from '@sanctum/repo-contracts/node'
import { type Answer, type CommandContext, Refused, UsageProblem } from '../command.ts'
import { CONTRACT_FILE, parseContract } from '../contracts/read-contracts.ts'
import { sourcesOf, VERIFIED_FILE } from '../contracts/record-verification.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import type { Ports } from '../ports.ts'
import { renderCanUpgrade } from '../views/contracts.ts'

/** Whether every declared consumer has verified a revision. All of it is read from the revision itself, and from what this machine recorded. */
export async function run({ options, ports }: CommandContext): Promise<Answer> {
  const git = await openRepository(ports, typeof options['repository'] === 'string' ? options['repository'] : null)
  const asked = String(options['to'] ?? 'HEAD')
  const revision = await git.resolve(asked)
  if (revision === null)
    throw new UsageProblem(`there is no revision ${asked} here`, 'Fetch it first, or name a commit, a branch or a tag.')
  const text = await git.readAt(revision, CONTRACT_FILE)
  if (text === null) return answer(revision, null, { may: true, consumers: [], findings: [] })
  const provider = requireContract(text, CONTRACT_FILE)
  const kept = await Promise.all(
    Object.values(provider.document.neighbours ?? {}).map(({ contract }) => readNeighbour(git, revision, contract.replace(/\/+$/, ''))),
  )
  const names = listProvisions(provider).flatMap(({ kind, name }) => (kind === 'endpoints' ? [name] : []))
  const sources = await Promise.all(names.map(async (name) => [name, await git.digestAt(revision, sourcesOf(provider, name))] as const))
  const judgement = judgeUpgrade({
    provider,
    consumers: kept.flatMap(({ consumer }) => consumer ?? []),
    records: [...kept.flatMap(({ record }) => record ?? []), ...(await readLocal(ports))],
    sources: Object.fromEntries(sources),
    digest: ports.digest,
  })
  return answer(revision, provider.document.repository, judgement)
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
  folder: string,
): Promise<{ readonly consumer: RepoContract | null; readonly record: ContractVerification | null }> {
  const file = `${folder}/${CONTRACT_FILE}`
  const [text, record] = await Promise.all([git.readAt(revision, file), git.readAt(revision, `${folder}/${VERIFIED_FILE}`)])
  // A neighbour that is declared and whose contract is gone would be a consumer nobody asks.
  if (text === null)
    throw new UsageProblem(
      `${revision.slice(0, 7)} names a neighbour in ${folder} and has no ${file}`,
      'Put the contract there, or take the neighbour out.',
    )
  return { consumer: requireContract(text, file), record: record === null ? null : readRecord(record) }
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
  return texts.flatMap((text) => (text === null ? [] : (readRecord(text) ?? [])))
}

/** A record that cannot be read proves nothing. */
function readRecord(text: string): ContractVerification | null {
  try {
    return contractVerification.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
