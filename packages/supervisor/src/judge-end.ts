import type { EmbeddedUnit } from '@sanctum/contracts'
import { judgeRestart } from './judge-restart.ts'
import { type Ending, isJob, type Moment, processOf, type UnitExit, type UnitLife, type UnitPhase } from './unit-life.ts'

/** The end of a process of a unit, when nothing of it is left. */
export interface UnitEnd {
  readonly how: Ending | 'start-failed' | 'start-lost'
  readonly why: string
  readonly exit: UnitExit
}

/** What becomes of a unit whose process is gone: down for a reason, or back after a while. */
export function judgeEnd(unit: UnitLife, end: UnitEnd, now: Moment): UnitLife {
  const { definition, wanted } = unit
  if (end.how === 'asked' || end.how === 'restart') return down(unit, 'stopped', false, 'it was stopped')
  if (end.how === 'start-lost') return down(unit, 'stopped', false, end.why)
  if (wanted.known && !wanted.up) return down(unit, 'stopped', false, 'it ended, and nobody wants it up')
  if (definition === null) return down(unit, 'stopped', false, 'it ended, and no generation describes it')
  const why = describe(definition, end)
  if (end.how === 'ended') {
    const rest = restAfter(definition, end.exit)
    if (rest !== null) return down(unit, rest, true, why)
  }
  return mayRestart(definition) ? restartOrGiveUp(unit, definition, why, now) : down(unit, 'failed', true, why)
}

type DownAs = Extract<UnitPhase, { at: 'down' }>['as']

function down(unit: UnitLife, as: DownAs, held: boolean, why: string): UnitLife {
  return { ...unit, phase: { at: 'down', as, held }, why }
}

/** Ends after which a unit rests because it is done, not because it failed; null for the others. */
function restAfter(definition: EmbeddedUnit, exit: UnitExit): DownAs | null {
  if (isJob(definition)) return exit === null ? 'unknown' : exit.code === 0 ? 'completed' : null
  return exit?.code === 0 && definition.restart.when !== 'always' ? 'stopped' : null
}

/** A periodic unit waits for its next time instead. */
function mayRestart({ kind, restart }: EmbeddedUnit): boolean {
  if (kind === 'periodic') return false
  return kind === 'oneshot' ? restart.when === 'on-failure' : restart.when !== 'never'
}

function restartOrGiveUp(unit: UnitLife, { restart }: EmbeddedUnit, why: string, now: Moment): UnitLife {
  const ranMs = now.upMs - (processOf(unit)?.startedUpMs ?? now.upMs)
  const verdict = judgeRestart(restart, unit.history, { upMs: now.upMs, ranMs, service: unit.service })
  if (verdict.kind === 'give-up') return down({ ...unit, history: verdict.history }, 'failed', true, `${why}; given up: ${verdict.why}`)
  return { ...unit, history: verdict.history, phase: { at: 'backing-off', untilUpMs: verdict.atUpMs }, why }
}

function describe({ start_timeout_s }: EmbeddedUnit, { how, why, exit }: UnitEnd): string {
  if (how === 'start-timeout') return `it was not ready within ${start_timeout_s} s`
  if (how !== 'ended') return why
  if (exit === null) return 'it ended while no supervisor was its parent, so how is not known'
  return exit.signal === null ? `it ended with exit code ${exit.code}` : `it was ended by ${exit.signal}`
}
