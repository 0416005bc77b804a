import type { Finding } from '@sanctum/contracts'
import {
  contractFinding,
  describePiece,
  type Expectation,
  listExpectations,
  listProvisions,
  mayReplay,
  type Provision,
  placeIn,
  type Replayed,
  type RepoContract,
  type Reported,
  readReported,
  toReplayFindings,
} from '@sanctum/repo-contracts'
import type { ContractsPort } from '../ports.ts'

/** What became of one endpoint that a consumer relies on. */
export interface Replay {
  readonly consumer: RepoContract
  readonly provider: string
  readonly expectation: Expectation
  /** Where it was asked; null where nothing says where it answers. */
  readonly against: string | null
  readonly replayed: number
  /** `planned`: it was not asked, since only the plan was wanted. */
  readonly outcome: 'verified' | 'broken' | 'silent' | 'planned'
  readonly findings: readonly Finding[]
  readonly reported: Reported
}

/** Where a service answers: `http://127.0.0.1:8900`; null where the haus does not have it. */
export type FindAddress = (service: string) => string | null

/** Asks each provider what the consumers have recorded, one question at a time. */
export async function replayContracts(
  consumers: readonly RepoContract[],
  {
    providers,
    findAddress,
    port,
    isAgreed,
    isStopped,
  }: {
    readonly providers: readonly RepoContract[]
    readonly findAddress: FindAddress
    /** Null: nothing is asked, only what would be. */
    readonly port: Pick<ContractsPort, 'replay'> | null
    /** To ask with methods that may change something, of endpoints that are said to be safe. */
    readonly isAgreed: boolean
    readonly isStopped: () => boolean
  },
): Promise<readonly Replay[]> {
  const replays: Replay[] = []
  for (const consumer of consumers)
    for (const expectation of listExpectations(consumer)) {
      if (expectation.kind !== 'endpoints' || expectation.from === null || isStopped()) continue
      const provision = findProvision(providers, expectation)
      const service = provision?.service ?? null
      const against = service === null ? null : findAddress(service)
      const base = { consumer, provider: expectation.from, expectation, against, reported: { kind: 'undeclared' } as const }
      if (provision === null || against === null) {
        replays.push({ ...base, replayed: 0, outcome: 'silent', findings: [toUnplaced(consumer, expectation, service)] })
        continue
      }
      if (port === null) {
        replays.push({ ...base, replayed: 0, outcome: 'planned', findings: [] })
        continue
      }
      const findings: Finding[] = []
      let replayed = 0
      const ask = askRevision(port, against, findRevisionPath(providers, expectation.from, service))
      const before = await ask()
      for (const [index, example] of expectation.examples.entries()) {
        const isAsked = mayReplay(example, provision.endpoint, isAgreed)
        const answer = isAsked ? await port.replay(against, example) : ({ kind: 'withheld' } as const)
        if (isAsked) replayed++
        findings.push(...toReplayFindings(consumer, expectation, { index, provision, answer }))
      }
      const after = await ask()
      const reported = before === null || after === null ? base.reported : readReported(before, after)
      replays.push({ ...base, replayed, outcome: judge(findings), findings, reported })
    }
  return replays
}

/** Null where the contract of the provider names no place to ask. */
function askRevision(port: Pick<ContractsPort, 'replay'>, against: string, path: string | null): () => Promise<Replayed | null> {
  return async () => (path === null ? null : port.replay(against, { request: { path }, response: { status: 200 } }))
}

function findRevisionPath(providers: readonly RepoContract[], from: string, service: string | null): string | null {
  const provider = providers.find(({ document }) => document.repository === from)
  if (provider === undefined) return null
  return listProvisions(provider).find(({ kind, name }) => kind === 'services' && name === service)?.revisionAt ?? null
}

function judge(findings: readonly Finding[]): Replay['outcome'] {
  if (findings.length === 0) return 'verified'
  return findings.some(({ code }) => code === 'CONTRACT_SHAPE_BROKEN') ? 'broken' : 'silent'
}

function findProvision(providers: readonly RepoContract[], { from, name }: Expectation): Provision | null {
  const provider = providers.find(({ document }) => document.repository === from)
  if (provider === undefined) return null
  return listProvisions(provider).find((each) => each.kind === 'endpoints' && each.name === name) ?? null
}

function toUnplaced(consumer: RepoContract, expectation: Expectation, service: string | null): Finding {
  const why = service === null ? `no contract that was read provides it` : `the service ${service} is not in this haus`
  return contractFinding(
    'CONTRACT_PROVIDER_SILENT',
    `${consumer.document.repository} (${expectation.owner}) relies on ${describePiece(expectation)} of ${expectation.from}, and nobody could be asked: ${why}.`,
    {
      at: placeIn(consumer, expectation.path),
      fix: { text: `Name the folder of ${expectation.from} too, or say where it answers with --against.` },
    },
  )
}
