import type { FailureCause, Observation } from '@sanctum/contracts'
import { describeAge } from './describe-age.ts'

/** What a round of looks shows of the one who looks. */
export interface MyselfFacts {
  /** The longest time for which this process did not run although it had something to do. */
  readonly loopDelayMs: number
  /** Since the last round, by the clock that people set and by the one that nobody sets; only the first goes on while the machine sleeps. */
  readonly wallElapsedMs: number
  readonly monotonicElapsedMs: number
  /** The results of this round that came through sockets. */
  readonly sockets: readonly SocketResult[]
  /** Of our own network; null where nothing made anybody look. */
  readonly network: OwnNetwork | null
}

export interface SocketResult {
  readonly service: string
  readonly host: string
  readonly observation: Observation
}

export interface OwnNetwork {
  /** A connection of this process to itself succeeds. */
  readonly loopback: boolean
  /** An interface to others is up and has an address. */
  readonly uplink: boolean
}

/** Why what was seen may be our own trouble. Failures of these causes then say nothing about the services. */
export interface OwnTrouble {
  readonly kind: 'overloaded' | 'clock-jumped' | 'network-lost'
  readonly why: string
  readonly excuses: readonly FailureCause[]
  /** Only results of these hosts are excused; null: everybody's. */
  readonly hosts: 'elsewhere' | 'sockets' | null
}

/** The shortest hold-up at which an answer that was in time may look late. */
const HELD_UP_MS = 1000
/** Two clocks that are read one after the other differ a little, and a clock that is slewed a little more. */
const CLOCK_SLACK_MS = 2000

/** Whether the trouble of a round is our own; null where it is not. Judged before any service is. */
export function judgeMyself(facts: MyselfFacts): OwnTrouble | null {
  return judgeClock(facts) ?? judgeLoop(facts) ?? judgeNetwork(facts)
}

function judgeClock({ wallElapsedMs, monotonicElapsedMs }: MyselfFacts): OwnTrouble | null {
  const jumpMs = wallElapsedMs - monotonicElapsedMs
  if (Math.abs(jumpMs) <= CLOCK_SLACK_MS) return null
  const why =
    jumpMs > 0
      ? `the clock went ${describeAge(jumpMs)} further than this process ran: the machine slept, or somebody set it`
      : `the clock was set back by ${describeAge(-jumpMs)}`
  return { kind: 'clock-jumped', why, excuses: ['timeout', 'transport', 'stale'], hosts: null }
}

function judgeLoop({ loopDelayMs }: MyselfFacts): OwnTrouble | null {
  if (loopDelayMs < HELD_UP_MS) return null
  return { kind: 'overloaded', why: `this process itself was held up for ${describeAge(loopDelayMs)}`, excuses: ['timeout'], hosts: null }
}

function judgeNetwork({ sockets, network }: MyselfFacts): OwnTrouble | null {
  if (network === null) return null
  const excuses: FailureCause[] = ['transport', 'timeout']
  if (!network.loopback && suspectsNetwork(sockets))
    return { kind: 'network-lost', why: 'this machine does not even reach itself', excuses, hosts: 'sockets' }
  if (!network.uplink && failTogether(sockets.filter(({ host }) => !isLoopback(host))))
    return { kind: 'network-lost', why: 'this machine has no network to others', excuses, hosts: 'elsewhere' }
  return null
}

/** Whether everything that was asked failed alike, so that our own network must be looked at before anybody is blamed. */
export function suspectsNetwork(sockets: readonly SocketResult[]): boolean {
  return failTogether(sockets) || failTogether(sockets.filter(({ host }) => !isLoopback(host)))
}

function failTogether(sockets: readonly SocketResult[]): boolean {
  const causes = new Set(sockets.map(({ observation }) => (observation.kind === 'failed' ? observation.cause : observation.kind)))
  return causes.size === 1 && (causes.has('transport') || causes.has('timeout'))
}

/** What an observation says once our own trouble is taken out of it. */
export function excuseMyself(observation: Observation, trouble: OwnTrouble | null, host: string | null): Observation {
  if (trouble === null || observation.kind !== 'failed' || !trouble.excuses.includes(observation.cause)) return observation
  if (trouble.hosts !== null && !isMeant(trouble.hosts, host)) return observation
  const { atMs, tookMs, detail } = observation
  return { kind: 'could-not-check', atMs, tookMs, detail: `${trouble.why}; seen meanwhile: ${detail}` }
}

function isMeant(hosts: NonNullable<OwnTrouble['hosts']>, host: string | null): boolean {
  if (host === null) return false
  return hosts === 'sockets' || !isLoopback(host)
}

function isLoopback(host: string): boolean {
  return /^(127\.|localhost$|\[?::1\]?$)/.test(host)
}
