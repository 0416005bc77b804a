import { Fault, type NewEvent, type RequiredCheck, type SoakMark } from '@sanctum/contracts'
import { chooseDue, type RunJudgement, type SoakWindow } from '@sanctum/journal'
import type { SoakLedger } from '@sanctum/journal/node'
import { type Log, toErrorFields } from '../log.ts'

export interface RecorderPorts {
  /** Whether there is a ledger at all; asked often, so it opens nothing. */
  readonly hasLedger: () => boolean
  readonly ledger: SoakLedger
  readonly mark: () => SoakMark
  /** Null where it was ended with this role. */
  readonly run: (
    check: RequiredCheck,
    window: SoakWindow,
    signal: AbortSignal,
  ) => Promise<(RunJudgement & { readonly took_ms: number }) | null>
  readonly append: (event: NewEvent) => void
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** How often it looks whether a window was started. */
const IDLE_MS = 5_000
const LONGEST_PAUSE_MS = 30_000
const SHORTEST_PAUSE_MS = 200

/** Records each required check of a stability window at its cadence, one after the other, and nothing while there is no window. */
export async function runRecorder(log: Log, signal: AbortSignal, ports: RecorderPorts): Promise<void> {
  let trouble: string | null = null
  while (!signal.aborted) {
    let pauseMs = IDLE_MS
    try {
      if (ports.hasLedger()) pauseMs = await recordDue(log, signal, ports)
      trouble = null
    } catch (error) {
      // A ledger that is damaged stays so until a person has looked; that is said once.
      const { error: why } = toErrorFields(error)
      if (String(why) !== trouble) log('error', 'soak-failed', toErrorFields(error))
      trouble = String(why)
    }
    await ports.sleep(pauseMs, signal)
  }
}

/** One thing that is due, if anything is; how long to wait until the next look. */
async function recordDue(log: Log, signal: AbortSignal, { ledger, mark, run, append }: RecorderPorts): Promise<number> {
  const { window, damage } = ledger.read()
  if (damage[0] !== undefined) throw new Fault('DAMAGED', `the ledger of the stability window: row ${damage[0].seq}: ${damage[0].why}`)
  if (window === null || window.aborted !== null) return IDLE_MS
  const due = chooseDue(window, mark())
  if (due === null) return pauseOf(window)
  if (due.kind === 'mark') {
    await ledger.append('recorder-seen', 'recorder', {})
    return pauseOf(window)
  }
  const { id } = due.check
  const end = await run(due.check, window, signal)
  // The window may have been aborted, or another one begun, while the command ran: this is no record of that one.
  if (end === null || !isStill(window, ledger.read().window)) return 0
  await ledger.append('check-recorded', id, end)
  log(end.outcome === 'clean' ? 'info' : 'warn', 'check-recorded', { subject: id, ...end })
  if (end.outcome === 'red') append({ kind: 'stability-broken', subject: id, data: { why: end.finding, exit: end.exit } })
  return 0
}

function isStill({ started }: SoakWindow, now: SoakWindow | null): boolean {
  return now !== null && now.aborted === null && now.started.at_ms === started.at_ms && now.started.up_ms === started.up_ms
}

function pauseOf({ policy }: SoakWindow): number {
  const shortestMs = Math.min(...policy.required.map(({ cadence_s }) => cadence_s * 1000))
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, shortestMs / 10))
}
