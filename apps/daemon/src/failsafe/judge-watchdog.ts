import type { RoleHealth } from '@sanctum/contracts'
import type { WatchdogSight } from './reduce-failsafe.ts'

/** What came of asking for the watchdog's health. */
export type HealthReply =
  | { readonly kind: 'answered'; readonly status: number; readonly health: RoleHealth | null }
  | { readonly kind: 'silent'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string }

export interface WatchdogEvidence {
  readonly wanted: boolean
  /** The process that looks after this home; null where it is gone or nobody knows. */
  readonly pid: number | null
  readonly reply: HealthReply
}

/** A living process proves nothing, and neither does an open port: only the right process with a fresh cycle is well. */
export function judgeWatchdog({ wanted, pid, reply }: WatchdogEvidence): WatchdogSight {
  if (!wanted) return { kind: 'not-wanted' }
  if (reply.kind === 'answered') return judgeAnswer(reply, pid)
  if (pid !== null) return { kind: 'stalled', why: `process ${pid} lives, but ${reply.why}` }
  if (reply.kind === 'refused') return { kind: 'dead', why: 'it does not run' }
  return { kind: 'foreign', why: `no watchdog runs, but something holds its port: ${reply.why}` }
}

function judgeAnswer({ health, status }: Extract<HealthReply, { kind: 'answered' }>, pid: number | null): WatchdogSight {
  if (health === null || health.role !== 'watchdog')
    return { kind: 'foreign', why: `something else answers at its port, with status ${status}` }
  if (pid !== null && health.pid !== pid)
    return { kind: 'foreign', why: `process ${health.pid} answers at its port, not process ${pid} of this home` }
  if (pid === null) return { kind: 'foreign', why: `process ${health.pid} answers at its port, but it does not look after this home` }
  return health.ok ? { kind: 'well' } : { kind: 'stalled', why: health.why }
}
