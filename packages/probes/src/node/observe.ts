import type { Observation, ResolvedProbe } from '@sanctum/contracts'
import type { Sight } from '../judge-answer.ts'
import type { Aim, ProbeContext, ProbeType } from '../probe-kind.ts'
import { probeKinds } from '../probe-kinds.ts'
import { noProbePorts, type ProbePorts } from '../probe-ports.ts'
import { observeBusy } from './observe-busy.ts'
import { type Observer, observers } from './observers.ts'

export interface ObserveOptions {
  /** Wall clock, ms since the epoch. */
  readonly now?: () => number
  /** Gives up early; the observation is then `could-not-check`. */
  readonly signal?: AbortSignal
  /** What other packages look at; without them what only they see could not be checked. */
  readonly ports?: ProbePorts
}

/** Time that an observer has after its deadline to say how far it came. */
const GRACE_MS = 100

/**
 * Looks once. Never throws, and ends at `timeout_ms` whatever the other side does: the deadline is absolute, so an
 * answer that trickles in does not extend it. Times are those of the start.
 */
export async function observe(probe: ResolvedProbe, context: ProbeContext, options: ObserveOptions = {}): Promise<Observation> {
  const atMs = (options.now ?? Date.now)()
  const started = performance.now()
  const sight = await look(probe, context, options)
  const tookMs = performance.now() - started
  return { atMs, tookMs: Math.round(tookMs * 10) / 10, ...excuseOwnDelay(sight, tookMs, probe.timeout_ms) }
}

async function look(probe: ResolvedProbe, context: ProbeContext, { signal, ports = noProbePorts }: ObserveOptions): Promise<Sight> {
  if (signal?.aborted) return { kind: 'could-not-check', detail: 'the probe was called off' }
  const { aim } = probeKinds[probe.type] as unknown as { aim(probe: ResolvedProbe, context: ProbeContext): Aim<unknown> }
  const aimed = aim(probe, context)
  if (aimed.kind === 'none') return { kind: 'could-not-check', detail: aimed.why }
  const before = probe.type === 'chat' ? await lookForWork(probe, context) : null
  if (before !== null) return before
  const sight = await withDeadline(probe.timeout_ms, signal, (deadline) => {
    const run = observers[probe.type] as unknown as Observer<ProbeType>
    return run(probe as never, aimed.target as never, deadline, ports)
  })
  // Only silence may be work; whoever refuses a connection is not there.
  if (sight.kind !== 'failed' || sight.cause !== 'timeout') return sight
  const work = await lookForWork(probe, context)
  return work?.kind === 'could-not-check' ? { ...work, unanswered: true } : (work ?? sight)
}

/** What a service that shows its work is busy with; null where it shows none. */
async function lookForWork(probe: ResolvedProbe, context: ProbeContext): Promise<Sight | null> {
  if (!('busy' in probe) || probe.busy === undefined) return null
  const work = await observeBusy(probe.busy, 'tls' in probe ? probe.tls : undefined, context)
  if (work === null) return null
  // A success is as good as an answer. That something runs proves nothing: it may hang in it.
  return { kind: work.kind === 'recent' ? 'passed' : 'could-not-check', detail: `busy: ${work.detail}`, busy: true }
}

async function withDeadline(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  run: (deadline: AbortSignal) => Promise<Sight>,
): Promise<Sight> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const callOff = (): void => controller.abort()
  signal?.addEventListener('abort', callOff, { once: true })
  const over = new Promise<Sight>((resolve) => {
    const giveUp = (): void => resolve({ kind: 'failed', cause: 'timeout', detail: `no end within ${timeoutMs} ms` })
    timer = setTimeout(() => {
      timer = setTimeout(giveUp, GRACE_MS)
      callOff()
    }, timeoutMs)
  })
  try {
    const sight = await Promise.race([run(controller.signal), over])
    return signal?.aborted ? { kind: 'could-not-check', detail: 'the probe was called off' } : sight
  } catch (error) {
    return { kind: 'could-not-check', detail: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', callOff)
  }
}

/** A deadline that fires far too late says that our own process did not run, not that the other did not answer. */
function excuseOwnDelay(sight: Sight, tookMs: number, timeoutMs: number): Sight {
  if (sight.kind !== 'failed' || sight.cause !== 'timeout' || tookMs <= timeoutMs * 2 + 1000) return sight
  return { kind: 'could-not-check', detail: `this process itself was held up: a deadline of ${timeoutMs} ms took ${Math.round(tookMs)} ms` }
}
