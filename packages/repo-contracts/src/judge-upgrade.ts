import type { ContractVerification, Finding } from '@sanctum/contracts'
import { describePiece, type Expectation, listExpectations, listProvisions } from './list-pieces.ts'
import { matchContracts } from './match-contracts.ts'
import { contractFinding, placeIn, type RepoContract } from './repo-contract.ts'

export interface UpgradeQuestion {
  /** The provider's contract as the revision has it. */
  readonly provider: RepoContract
  /** Contracts of the declared consumers, as the revision has them. */
  readonly consumers: readonly RepoContract[]
  readonly records: readonly ContractVerification[]
  /** By endpoint of the provider: digest of its sources as of the revision; null where it cannot be told. */
  readonly sources: Readonly<Record<string, string | null>>
  /** Digest of a text. */
  readonly digest: (text: string) => string
}

/** Where one consumer stands with the revision. */
export interface ConsumerVerdict {
  readonly consumer: string
  readonly verified: readonly string[]
  readonly unverified: readonly { readonly endpoint: string; readonly why: string }[]
  /** Expectations that the revision's own contract does not meet. */
  readonly unmet: readonly string[]
}

export interface UpgradeJudgement {
  readonly may: boolean
  readonly consumers: readonly ConsumerVerdict[]
  readonly findings: readonly Finding[]
}

/**
 * Whether the revision may come: each declared consumer finds in its contract what it expects, and has seen every endpoint that it
 * relies on answer in the expected shape, from the very sources that the revision has.
 */
export function judgeUpgrade(question: UpgradeQuestion): UpgradeJudgement {
  const judged = question.consumers.map((consumer) => judgeConsumer(consumer, question))
  const findings = judged.flatMap((each) => each.findings)
  return { may: findings.length === 0, consumers: judged.map(({ verdict }) => verdict), findings }
}

function judgeConsumer(consumer: RepoContract, question: UpgradeQuestion): { verdict: ConsumerVerdict; findings: readonly Finding[] } {
  const { provider } = question
  const name = consumer.document.repository
  const ours = listExpectations(consumer).filter(({ from }) => from === provider.document.repository)
  const { links, findings } = matchContracts([consumer], [provider])
  const unmet = links.filter(
    (link) => link.provider === provider.document.repository && (link.state === 'broken' || link.state === 'missing'),
  )
  const places = new Set(
    unmet
      .filter(({ state, expectation }) => state === 'broken' || !expectation.isOptional)
      .map((link) => toKey(consumer, link.expectation)),
  )
  const asked = ours
    .filter(({ kind, name, isOptional }) => kind === 'endpoints' && !(isOptional && !isProvided(provider, name)))
    .map((expectation) => ({ expectation, why: whyUnverified(consumer, expectation, question) }))
  return {
    verdict: {
      consumer: name,
      verified: asked.filter(({ why }) => why === null).map(({ expectation }) => expectation.name),
      unverified: asked.flatMap(({ expectation, why }) => (why === null ? [] : [{ endpoint: expectation.name, why }])),
      unmet: unmet
        .filter(({ expectation, state }) => state === 'broken' || !expectation.isOptional)
        .map(({ expectation }) => describePiece(expectation)),
    },
    findings: [
      ...findings.filter(({ at }) => at !== undefined && places.has(`${at.file}:${at.line}:${at.column}`)),
      ...asked.flatMap(({ expectation, why }) => (why === null ? [] : [toFinding(consumer, provider, expectation, why)])),
    ],
  }
}

function isProvided(provider: RepoContract, endpoint: string): boolean {
  return listProvisions(provider).some(({ kind, name }) => kind === 'endpoints' && name === endpoint)
}

function toKey(consumer: RepoContract, { path }: Expectation): string {
  const { file, line, column } = placeIn(consumer, path)
  return `${file}:${line}:${column}`
}

/** What the examples of an expectation are worth comparing by. */
export function digestExamples(expectation: Expectation, digest: (text: string) => string): string {
  return digest(JSON.stringify(expectation.examples))
}

/** What speaks against taking it for verified; null where the newest record of these sources and examples is good. */
function whyUnverified(consumer: RepoContract, expectation: Expectation, question: UpgradeQuestion): string | null {
  const { records, provider, digest } = question
  const rows = records
    .filter((record) => record.consumer === consumer.document.repository && record.provider === provider.document.repository)
    .flatMap((record) => {
      const row = record.endpoints[expectation.name]
      const since = record.revision?.slice(0, 7) ?? record.provider_version
      return row === undefined ? [] : [{ ...row, at: row.verified_at_ms ?? record.verified_at_ms, since }]
    })
    .sort((a, b) => b.at - a.at)
  const newest = rows[0]
  if (newest === undefined) return 'it was never verified'
  const now = question.sources[expectation.name] ?? null
  if (now === null) return 'nothing says which sources the revision has for it'
  const ofNow = rows.find(({ sources, examples }) => sources === now && examples === digestExamples(expectation, digest))
  if (ofNow !== undefined) return outcomes[ofNow.outcome]
  if (newest.sources === null)
    return newest.reported == null
      ? 'nothing says which sources were verified'
      : `${newest.reported} was asked, which is no revision that is known here`
  return newest.sources === now ? 'the recorded examples have changed since' : `its sources have changed since ${newest.since}`
}

const outcomes: Readonly<Record<'verified' | 'broken' | 'silent', string | null>> = {
  verified: null,
  broken: 'it answered another shape when it was asked',
  silent: 'it was silent when it was asked',
}

function toFinding(consumer: RepoContract, provider: RepoContract, expectation: Expectation, why: string): Finding {
  const { repository } = consumer.document
  const other =
    listProvisions(provider).find(({ kind, name }) => kind === 'endpoints' && name === expectation.name)?.owner ?? provider.document.owner
  return contractFinding(
    'CONTRACT_NOT_VERIFIED',
    `${repository} (${expectation.owner}) relies on ${describePiece(expectation)} of ${provider.document.repository} (${other}) and has not verified this revision: ${why}.`,
    {
      at: placeIn(consumer, expectation.path),
      fix: {
        text: 'Run the revision, and ask it what the consumer will ask.',
        command: `sanctumctl contracts verify ${consumer.file.replace(/\/?[^/]+$/, '') || '.'} ${toAddresses(consumer, provider)}`,
      },
    },
  )
}

/** Where the revision answers: one address, or one for each service where the consumer relies on several. */
function toAddresses(consumer: RepoContract, provider: RepoContract): string {
  const provisions = listProvisions(provider).filter(({ kind }) => kind === 'endpoints')
  const names = listExpectations(consumer).flatMap(({ kind, name, from }) =>
    kind === 'endpoints' && from === provider.document.repository ? [name] : [],
  )
  const services = [...new Set(provisions.flatMap(({ name, service }) => (service !== undefined && names.includes(name) ? [service] : [])))]
  if (services.length < 2) return '--against http://127.0.0.1:<port>'
  return services.map((service) => `--against ${service}=http://127.0.0.1:<port>`).join(' ')
}
