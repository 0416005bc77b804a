import { didYouMean, type Finding, nearestNames, sortFindings } from '@sanctum/contracts'
import { describePiece, type Expectation, listExpectations, listProvisions, type Provision } from './list-pieces.ts'
import { contractFinding, placeIn, type RepoContract } from './repo-contract.ts'
import { isAtLeast, isInside } from './versions.ts'

/** What became of one expectation of a repository. `machine`: it names no repository, so no contract can meet it. */
export interface Link {
  readonly consumer: string
  readonly provider: string | null
  readonly expectation: Expectation
  readonly state: 'met' | 'missing' | 'broken' | 'absent' | 'machine'
  /** What is broken. */
  readonly why: string | null
}

export interface Matching {
  readonly links: readonly Link[]
  readonly findings: readonly Finding[]
}

/**
 * The expectations of these contracts against what the others provide. A missing or broken one names who answers for it on both
 * sides. `beside` are contracts that only provide: what they expect themselves is not asked.
 */
export function matchContracts(contracts: readonly RepoContract[], beside: readonly RepoContract[] = []): Matching {
  const all = [...contracts, ...beside]
  const judged = contracts.flatMap((consumer) =>
    listExpectations(consumer).map((expectation) => ({ consumer, ...judge(consumer, expectation, all) })),
  )
  return {
    links: judged.map(({ link }) => link),
    findings: sortFindings([...findTwins(all), ...findClashes(all), ...judged.flatMap(({ finding }) => finding ?? [])]),
  }
}

function judge(consumer: RepoContract, expectation: Expectation, all: readonly RepoContract[]): { link: Link; finding: Finding | null } {
  const base = { consumer: consumer.document.repository, provider: expectation.from, expectation, why: null }
  if (expectation.from === null) return { link: { ...base, state: 'machine' }, finding: null }
  const provider = all.find(({ document }) => document.repository === expectation.from)
  if (provider === undefined)
    return { link: { ...base, state: 'absent' }, finding: expectation.isOptional ? null : toAbsent(consumer, expectation, all) }
  const provisions = listProvisions(provider)
  const provision = provisions.find(({ kind, name }) => kind === expectation.kind && name === expectation.name)
  if (provision === undefined) {
    const finding = expectation.isOptional ? null : toMissing(consumer, provider, expectation, provisions)
    return { link: { ...base, state: 'missing' }, finding }
  }
  const why = findBreak(expectation, provision)
  if (why === null) return { link: { ...base, state: 'met' }, finding: null }
  return { link: { ...base, state: 'broken', why: why.sentence }, finding: toBroken(consumer, provider, expectation, provision, why) }
}

interface Break {
  readonly sentence: string
  readonly expected: string
  readonly observed: string
}

/** The first rule that a provision does not pass; null where it passes all. */
export function findBreak(wanted: Expectation, provided: Provision): Break | null {
  for (const rule of rules) {
    const found = rule(wanted, provided)
    if (found !== null) return found
  }
  return null
}

type Rule = (wanted: Expectation, provided: Provision) => Break | null

const rules: readonly Rule[] = [
  ({ atLeast }, { version }) =>
    atLeast === undefined || isAtLeast(version, atLeast)
      ? null
      : { sentence: `it is of version ${version}, and ${atLeast} is needed`, expected: `at least ${atLeast}`, observed: version },
  ({ range }, { version }) =>
    range === undefined || isInside(version, range)
      ? null
      : { sentence: `it is of version ${version}, outside of ${range}`, expected: range, observed: version },
  ({ port }, provided) =>
    port === undefined || port === provided.port
      ? null
      : { sentence: `it is port ${provided.port}, not ${port}`, expected: String(port), observed: String(provided.port) },
  ({ protocol }, provided) =>
    protocol === undefined || protocol === provided.protocol
      ? null
      : { sentence: `it speaks ${provided.protocol}, not ${protocol}`, expected: protocol, observed: String(provided.protocol) },
  ({ format }, provided) =>
    format === undefined || format === provided.format
      ? null
      : {
          sentence: `it has the form ${provided.format ?? 'that nothing names'}, not ${format}`,
          expected: format,
          observed: provided.format ?? 'none',
        },
  ({ examples }, { endpoint }) => {
    if (endpoint === undefined) return null
    const stray = examples.find(({ request }) => (request.method ?? 'GET') !== endpoint.method || !fitsPath(request.path, endpoint.path))
    if (stray === undefined) return null
    const observed = `${endpoint.method} ${endpoint.path}`
    const expected = `${stray.request.method ?? 'GET'} ${stray.request.path}`
    return { sentence: `it answers ${observed}, and ${expected} was recorded`, expected, observed }
  },
]

/** `/check/{id}` takes `/check/watchdog?now=1`. */
function fitsPath(asked: string, provided: string): boolean {
  const [path = ''] = asked.split('?')
  const parts = path.split('/')
  const pattern = provided.split('/')
  return parts.length === pattern.length && pattern.every((part, index) => /^\{.+\}$/.test(part) || part === parts[index])
}

function toAbsent(consumer: RepoContract, expectation: Expectation, all: readonly RepoContract[]): Finding {
  const known = all.map(({ document }) => document.repository)
  const near = nearestNames(expectation.from ?? '', known)
  return contractFinding(
    'CONTRACT_PROVIDER_ABSENT',
    `${speaker(consumer, expectation)} expects ${describePiece(expectation)} of ${expectation.from}, and no contract of ${expectation.from} was read.${didYouMean(near)}`,
    {
      at: placeIn(consumer, [...expectation.path, 'from']),
      fix: { text: `Name the folder of ${expectation.from} too, or correct the name.` },
    },
  )
}

function toMissing(consumer: RepoContract, provider: RepoContract, expectation: Expectation, provisions: readonly Provision[]): Finding {
  const names = provisions.filter(({ kind }) => kind === expectation.kind).map(({ name }) => name)
  const other = provider.document.owner
  return contractFinding(
    'CONTRACT_EXPECTATION_MISSING',
    `${speaker(consumer, expectation)} expects ${describePiece(expectation)} of ${expectation.from} (${other}), which does not provide it.${didYouMean(nearestNames(expectation.name, names))}`,
    {
      at: placeIn(consumer, expectation.path),
      related: [
        { at: placeIn(provider, ['provides', expectation.kind]), message: `what ${expectation.from} provides; ${other} answers for it` },
      ],
      fix: { text: `${other} of ${expectation.from} provides it, or ${expectation.owner} of ${base(consumer)} stops relying on it.` },
    },
  )
}

function toBroken(consumer: RepoContract, provider: RepoContract, expectation: Expectation, provision: Provision, why: Break): Finding {
  return contractFinding(
    'CONTRACT_EXPECTATION_BROKEN',
    `${speaker(consumer, expectation)} expects ${describePiece(expectation)} of ${expectation.from} (${provision.owner}), but ${why.sentence}.`,
    {
      at: placeIn(consumer, expectation.path),
      related: [{ at: placeIn(provider, provision.path), message: `provided here; ${provision.owner} answers for it` }],
      evidence: { expected: why.expected, observed: why.observed },
      fix: {
        text: `${provision.owner} of ${expectation.from} and ${expectation.owner} of ${base(consumer)} agree, and one of them changes it.`,
      },
    },
  )
}

function speaker(consumer: RepoContract, { owner }: Expectation): string {
  return `${base(consumer)} (${owner})`
}

function base({ document }: RepoContract): string {
  return document.repository
}

function findTwins(all: readonly RepoContract[]): Finding[] {
  return [...Map.groupBy(all, base)].flatMap(([name, [first, ...others]]) =>
    others.map((other) =>
      contractFinding('CONTRACT_REPOSITORY_TWICE', `Two contracts call themselves ${name}.`, {
        at: placeIn(other, ['repository']),
        related: [{ at: placeIn(first as RepoContract, ['repository']), message: 'the other one' }],
        fix: { text: 'Correct the name of one of them, or leave one of the folders out.' },
      }),
    ),
  )
}

/** What only one repository of a haus can be: the owner of a service, a program's command, a port number, a package. */
function findClashes(all: readonly RepoContract[]): Finding[] {
  const claims = all.flatMap((contract) =>
    listProvisions(contract).flatMap((provision) => toClaims(provision).map((claim) => ({ claim, contract, provision }))),
  )
  return [...Map.groupBy(claims, ({ claim }) => claim)].flatMap(([claim, [first, ...others]]) =>
    others
      .filter(({ contract }) => first !== undefined && base(contract) !== base(first.contract))
      .map(({ contract, provision }) =>
        contractFinding(
          'CONTRACT_PROVIDED_TWICE',
          `${base(contract)} (${provision.owner}) and ${base(first?.contract as RepoContract)} (${first?.provision.owner}) both provide ${claim}.`,
          {
            at: placeIn(contract, provision.path),
            related: [{ at: placeIn(first?.contract as RepoContract, first?.provision.path ?? []), message: 'provided here as well' }],
            fix: { text: `${provision.owner} and ${first?.provision.owner} agree who keeps it.` },
          },
        ),
      ),
  )
}

const exclusive = new Set(['services', 'commands', 'packages', 'events'])

function toClaims(provision: Provision): string[] {
  if (provision.kind === 'ports') return [`${provision.protocol} port ${provision.port}`]
  return exclusive.has(provision.kind) ? [describePiece(provision)] : []
}
