import type { Finding, SoakMark, WindowJudgement } from '@sanctum/contracts'
import { judgeWindow, type SoakWindow } from '@sanctum/journal'
import type { Ports } from '../ports.ts'
import { toDamageFinding } from './window-findings.ts'

export interface SeenWindow {
  readonly window: SoakWindow | null
  readonly judgement: WindowJudgement | null
  /** What was done to the ledger. */
  readonly damage: readonly Finding[]
}

export function seeWindow({ soak, machine, clock, files, home }: Ports): SeenWindow {
  const { window, damage } = soak.read()
  const now: SoakMark = { at_ms: clock.now(), boot_id: machine.bootId(), up_ms: machine.upMs() }
  return { window, judgement: window === null ? null : judgeWindow(window, now), damage: toDamageFinding(damage, files.toShown(home)) }
}
