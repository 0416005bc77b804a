import type { NewEvent } from '@sanctum/contracts'
import { processOf, type UnitLife } from '../unit-life.ts'
import type { MarkedProcess, ProcessTable } from './process-table.ts'
import type { UnitKeeper } from './unit-keeper.ts'

export interface Adoption {
  readonly home: string
  readonly self: string
  readonly keeper: UnitKeeper
  readonly processes: ProcessTable
  tell(event: NewEvent): void
}

/**
 * Finds the processes that earlier supervisors started. A record names a process by pid and start time; an intent, or a process whose
 * record was lost, is found by the marks in its environment. Nothing is started before this is done.
 */
export async function adoptUnits({ home, self, keeper, processes, tell }: Adoption): Promise<void> {
  const marked = await findMarked({ home, keeper, processes })
  const claimed = new Set<number>()
  for (const [service, unit] of [...keeper.units]) {
    const process = processOf(unit)
    if (process === null) continue
    const { incarnation } = process
    const found = isThere(unit, processes) ? { pid: process.pid as number, startTime: process.startTime } : eldest(marked, incarnation)
    if (found === null) continue
    claimed.add(found.pid)
    keeper.send(service, { kind: 'adopted', incarnation, ...found })
    tell({ kind: 'unit-adopted', subject: service, data: { pid: found.pid, incarnation } })
  }
  // What was recorded and is gone: its end is known only if it wrote it down.
  keeper.watch()
  for (const [service, unit] of [...keeper.units]) {
    const process = processOf(unit)
    if (process !== null && process.pid === null)
      keeper.send(service, { kind: 'exited', incarnation: process.incarnation, exit: null, orphans: false })
  }
  for (const stray of marked) if (stray.service !== self && !claimed.has(stray.pid)) adoptStray(stray, keeper, tell)
}

/** Between the fork and the program's own environment a new process has no marks yet, so a fresh intent is looked for a little longer. */
async function findMarked({ home, keeper, processes }: Pick<Adoption, 'home' | 'keeper' | 'processes'>): Promise<readonly MarkedProcess[]> {
  const { upMs } = keeper.moment()
  const intents = [...keeper.units.values()].flatMap((unit) => {
    const process = processOf(unit)
    return process !== null && process.pid === null && upMs - process.startedUpMs < FRESH_MS ? [process.incarnation] : []
  })
  for (let looks = 1; ; looks++) {
    const marked = processes.marked().filter((candidate) => candidate.home === home)
    const isComplete = intents.every((incarnation) => marked.some((candidate) => candidate.incarnation === incarnation))
    if (isComplete || looks === LOOKS) return marked
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

const FRESH_MS = 10_000
const LOOKS = 10
const LOOK_AGAIN_MS = 50

function isThere(unit: UnitLife, processes: ProcessTable): boolean {
  const process = processOf(unit)
  return process?.pid != null && process.startTime !== null && processes.startTime(process.pid) === process.startTime
}

/** A program that makes itself a daemon hands its marks on; the first to carry them is the one that was started. */
function eldest(marked: readonly MarkedProcess[], incarnation: string): Pick<MarkedProcess, 'pid' | 'startTime'> | null {
  const [first] = marked.filter((candidate) => candidate.incarnation === incarnation).sort(byAge)
  return first === undefined ? null : { pid: first.pid, startTime: first.startTime }
}

function byAge(a: MarkedProcess, b: MarkedProcess): number {
  return Number(a.startTime) - Number(b.startTime) || a.pid - b.pid
}

function adoptStray({ service, incarnation, pid, startTime }: MarkedProcess, keeper: UnitKeeper, tell: Adoption['tell']): void {
  const unit = keeper.units.get(service)
  const owner = unit === undefined ? null : processOf(unit)
  if (owner?.incarnation === incarnation) return
  if (owner !== null) {
    tell({
      kind: 'unit-doubled',
      subject: service,
      data: { pid, incarnation, why: 'a process of an earlier start still runs beside the unit' },
    })
    return
  }
  keeper.send(service, { kind: 'adopted', incarnation, pid, startTime })
  tell({ kind: 'unit-adopted', subject: service, data: { pid, incarnation, why: 'it had no record' } })
}
