import type { Answer, CommandContext } from '../command.ts'
import { findWatchdogAbsent } from '../healing/watchdog-absent.ts'
import { seeWindow } from '../stability/see-window.ts'
import { toWindowFindings } from '../stability/window-findings.ts'
import { renderProblems } from '../views/problems.ts'
import { renderWindow } from '../views/stability.ts'

/** Draws the week. A window that is over is a problem; one that was never started is none. */
export async function run({ ports }: CommandContext): Promise<Answer> {
  const { window, judgement, damage } = seeWindow(ports)
  const timezone = window?.timezone ?? 'UTC'
  const isOver = damage.length > 0 || judgement?.state === 'broken'
  const isActive = judgement !== null && judgement.aborted === null
  const reasons = toWindowFindings(judgement, timezone).filter(({ code }) => code !== 'STABILITY_EARLY' && code !== 'STABILITY_NONE')
  const findings = [...damage, ...reasons, ...(isActive ? findWatchdogAbsent(ports, 'nothing is recorded') : [])]
  return {
    exit: isOver ? 'problems' : 'ok',
    data: { window: judgement, written: false },
    findings,
    view: (style) => [renderWindow(judgement, timezone, style), ...renderProblems(findings, style)].join('\n'),
  }
}
