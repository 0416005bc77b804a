import { type ContractVerification, contractVerification } from '@sanctum/contracts'
import { digestExamples, listProvisions, type RepoContract } from '@sanctum/repo-contracts'
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
}

/** What was verified before stays where this run had nobody to ask: services of one provider may be verified one after the other. */
export function mergeRecord({ unplaced, ...record }: NewRecord, known: ContractVerification | null): ContractVerification {
  if (known === null || known.consumer !== record.consumer || known.provider !== record.provider) return record
  const rows = Object.entries(record.endpoints).map(([name, row]) => [name, unplaced.includes(name) ? (known.endpoints[name] ?? row) : row])
  return { ...record, endpoints: Object.fromEntries(rows) }
}

/** A record that cannot be read proves nothing. */
export function readRecord(text: string | null): ContractVerification | null {
  try {
    return text === null ? null : (contractVerification.safeParse(JSON.parse(text)).data ?? null)
  } catch {
    return null
  }
}

/** What was verified, one record for each consumer and provider. Sources count only as the last commit has them. */
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
  const endpoints = await Promise.all(
    group.map(async ({ expectation, replayed, outcome }) => {
      const sources = provider === undefined ? [] : sourcesOf(provider.contract, expectation.name)
      const digest = git !== null && (await git.isClean(sources)) ? await git.digestAt('HEAD', sources) : null
      // A plan proves nothing; it is never recorded.
      if (outcome === 'planned') throw new Error('what was only planned must not be recorded')
      return [expectation.name, { examples: digestExamples(expectation, ports.digest), sources: digest, replayed, outcome }] as const
    }),
  )
  return {
    schema_version: 1,
    consumer: first.consumer.document.repository,
    provider: first.provider,
    provider_version: provider?.contract.document.version ?? '0.0.0',
    revision: (await git?.resolve('HEAD')) ?? null,
    verified_at_ms: ports.clock.now(),
    endpoints: Object.fromEntries(endpoints),
    unplaced: group.flatMap(({ against, expectation }) => (against === null ? [expectation.name] : [])),
  }
}

/** Where a provider says nothing, all of it decides what it answers. */
export function sourcesOf(provider: RepoContract, endpoint: string): readonly string[] {
  const sources = listProvisions(provider).find(({ kind, name }) => kind === 'endpoints' && name === endpoint)?.endpoint?.sources ?? []
  return sources.length === 0 ? ['.'] : sources
}
