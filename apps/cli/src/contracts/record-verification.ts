import { type ContractVerification, contractVerification, isSourceRevision, listProgramSources } from '@sanctum/contracts'
import { digestExamples, listProvisions, type RepoContract, type Reported } from '@sanctum/repo-contracts'
import type { GitPort } from '@sanctum/repo-contracts/node'
import type { Ports } from '../ports.ts'
import type { Replay } from './replay-contracts.ts'

/** Name of the file that holds what a consumer verified, beside its contract. */
const VERIFIED_FILE = 'verified.json'

/** Names of such a file, of one provider: of several each has its own. */
export function recordFiles(provider: string): readonly [string, string] {
  return [VERIFIED_FILE, VERIFIED_FILE.replace('.json', `--${provider}.json`)]
}

/** A provider, and where its sources lie. */
export interface ProviderSight {
  readonly contract: RepoContract
  readonly folder: string
}

/** What one run came to. */
export interface NewRecord extends ContractVerification {
  /** Endpoints that nobody could be asked for, since nothing says where they answer. */
  readonly unplaced: readonly string[]
  /** By endpoint: for which revision the answer counts, or why it counts for none. */
  readonly credits: Readonly<Record<string, Credit>>
}

/** What was verified before stays where this run had nobody to ask: services of one provider may be verified one after the other. */
export function mergeRecord({ unplaced, credits: _, ...record }: NewRecord, known: ContractVerification | null): ContractVerification {
  if (known === null || known.consumer !== record.consumer || known.provider !== record.provider) return record
  const rows = Object.entries(record.endpoints).map(([name, row]) => {
    const before = unplaced.includes(name) ? known.endpoints[name] : undefined
    // It is no newer for what was asked beside it.
    return [name, before === undefined ? row : { verified_at_ms: known.verified_at_ms, ...before }]
  })
  // What another revision answered stays; then no single one is that of the record.
  const isMixed = unplaced.some((name) => known.endpoints[name] !== undefined)
  const revision = isMixed && known.revision !== record.revision ? null : record.revision
  return { ...record, revision, endpoints: Object.fromEntries(rows) }
}

/** A record that cannot be read proves nothing. */
export function readRecord(text: string | null): ContractVerification | null {
  try {
    return text === null ? null : (contractVerification.safeParse(JSON.parse(text)).data ?? null)
  } catch {
    return null
  }
}

/** What was verified, one record for each consumer and provider. An answer counts for the revision that gave it, and for no other. */
export async function toRecords(
  ports: Ports,
  replays: readonly Replay[],
  providers: readonly ProviderSight[],
): Promise<readonly NewRecord[]> {
  const groups = Map.groupBy(replays, ({ consumer, provider }) => JSON.stringify([consumer.document.repository, provider]))
  return Promise.all([...groups.values()].map((group) => toRecord(ports, group, providers)))
}

async function toRecord(ports: Ports, group: readonly Replay[], providers: readonly ProviderSight[]): Promise<NewRecord> {
  const [first] = group as [Replay]
  const provider = providers.find(({ contract }) => contract.document.repository === first.provider)
  const git = provider === undefined ? null : await (await ports.contracts()).openGit(provider.folder)
  const credits: Record<string, Credit> = {}
  const endpoints = await Promise.all(
    group.map(async ({ expectation, replayed, outcome, reported }) => {
      const sources = provider === undefined ? [] : sourcesOf(provider.contract, expectation.name)
      const credit = await findCredit(ports, git, reported, sources)
      credits[expectation.name] = credit
      const digest = credit.kind === 'known' ? ((await git?.digestAt(credit.revision, sources)) ?? null) : null
      // A plan proves nothing; it is never recorded.
      if (outcome === 'planned') throw new Error('what was only planned must not be recorded')
      const examples = digestExamples(expectation, ports.digest)
      return [expectation.name, { examples, sources: digest, replayed, outcome, ...toReported(reported) }] as const
    }),
  )
  return {
    schema_version: 1,
    consumer: first.consumer.document.repository,
    provider: first.provider,
    provider_version: provider?.contract.document.version ?? '0.0.0',
    revision: findCommon(Object.values(credits)),
    verified_at_ms: ports.clock.now(),
    endpoints: Object.fromEntries(endpoints),
    credits,
    unplaced: group.flatMap(({ against, expectation }) => (against === null ? [expectation.name] : [])),
  }
}

/** The revision that an answer counts for. */
export type Credit = { readonly kind: 'known'; readonly revision: string } | { readonly kind: 'none'; readonly why: string }

/**
 * A service that says what it was built from is taken at its word, wherever the checkout stands meanwhile. One that cannot is taken for
 * the last commit, where the sources lie there as that has them.
 */
async function findCredit(
  ports: Pick<Ports, 'digest'>,
  git: GitPort | null,
  reported: Reported,
  sources: readonly string[],
): Promise<Credit> {
  if (git === null) return { kind: 'none', why: 'its provider lies in no working copy' }
  if (reported.kind === 'unsaid') return { kind: 'none', why: reported.why }
  const head = await git.resolve('HEAD')
  if (reported.kind === 'undeclared')
    return head !== null && (await git.isClean(sources))
      ? { kind: 'known', revision: head }
      : { kind: 'none', why: 'its sources are not as the last commit has them' }
  const { revision } = reported
  const named = isCommit(revision) ? await git.resolve(revision) : null
  if (named !== null) return { kind: 'known', revision: named }
  const isHead = head !== null && !isCommit(revision) && isSourceRevision(revision, await digestPrograms(ports, git, head))
  return isHead
    ? { kind: 'known', revision: head }
    : { kind: 'none', why: `${revision} answered, which is not what the last commit here has` }
}

function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision)
}

/** What a build of a commit would say of its sources. */
async function digestPrograms({ digest }: Pick<Ports, 'digest'>, git: GitPort, revision: string): Promise<string> {
  return digest(listProgramSources(await git.blobsAt(revision, ['apps', 'packages'])))
}

function toReported(reported: Reported): { readonly reported?: string | null } {
  if (reported.kind === 'undeclared') return {}
  return { reported: reported.kind === 'said' ? reported.revision : null }
}

function findCommon(credits: readonly Credit[]): string | null {
  const revisions = new Set(credits.map((credit) => (credit.kind === 'known' ? credit.revision : null)))
  const [only = null] = revisions
  return revisions.size === 1 ? only : null
}

/** Where a provider says nothing, all of it decides what it answers. */
export function sourcesOf(provider: RepoContract, endpoint: string): readonly string[] {
  const sources = listProvisions(provider).find(({ kind, name }) => kind === 'endpoints' && name === endpoint)?.endpoint?.sources ?? []
  return sources.length === 0 ? ['.'] : sources
}
