import type { Observation, ResolvedProbe } from '@sanctum/contracts'
import type { Sight } from '../judge-answer.ts'
import type { Aim, ProbeContext } from '../probe-kind.ts'
import { probeKinds } from '../probe-kinds.ts'
import { observers } from './observers.ts'

export interface ObserveOptions {
  /** Wall clock, ms since the epoch. */
  readonly now?: () => number
  /** Gives up early; the observation is then `could-not-check`. */
  readonly signal?: AbortSignal
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
  const sight = await look(probe, context, options.signal)
  const tookMs = performance.now() - started
  return { atMs, tookMs: Math.round(tookMs * 10) / 10, ...excuseOwnDelay(sight, tookMs, probe.timeout_ms) }
}

async function look(probe: ResolvedProbe, context: ProbeContext, signal: AbortSignal | undefined): Promise<Sight> {
  if (signal?.aborted) return { kind: 'could-not-check', detail: 'the probe was called off' }
  const { aim } = probeKinds[probe.type] as unknown as { aim(probe: ResolvedProbe, context: ProbeContext): Aim<unknown> }
  const aimed = aim(probe, context)
  if (aimed.kind === 'none') return { kind: 'could-not-check', detail: aimed.why }
  return await withDeadline(probe.timeout_ms, signal, (deadline) => {
    const run = observers[probe.type] as unknown as (probe: ResolvedProbe, target: unknown, deadline: AbortSignal) => Promise<Sight>
    return run(probe, aimed.target, deadline)
  })
}

async function withDeadline(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  run: (deadline: AbortSignal) => Promise<Sight>,
): Promise<Sight> {
  const controller = new AbortController()
  const timers: NodeJS.Timeout[] = []
  const callOff = (): void => controller.abort()
  signal?.addEventListener('abort', callOff, { once: true })
  const over = new Promise<Sight>((resolve) => {
    timers.push(setTimeout(callOff, timeoutMs))
    timers.push(
      setTimeout(() => resolve({ kind: 'failed', cause: 'timeout', detail: `no end within ${timeoutMs} ms` }), timeoutMs + GRACE_MS),
    )
  })
  try {
    const sight = await Promise.race([run(controller.signal), over])
    return signal?.aborted ? { kind: 'could-not-check', detail: 'the probe was called off' } : sight
  } catch (error) {
    return { kind: 'could-not-check', detail: error instanceof Error ? error.message : String(error) }
  } finally {
    for (const timer of timers) clearTimeout(timer)
    signal?.removeEventListener('abort', callOff)
  }
}

/** A deadline that fires far too late says that our own process did not run, not that the other did not answer. */
function excuseOwnDelay(sight: Sight, tookMs: number, timeoutMs: number): Sight {
  if (sight.kind !== 'failed' || sight.cause !== 'timeout' || tookMs <= timeoutMs * 2 + 1000) return sight
  return { kind: 'could-not-check', detail: `this process itself was held up: a deadline of ${timeoutMs} ms took ${Math.round(tookMs)} ms` }
}
