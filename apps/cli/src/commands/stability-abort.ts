import { type Answer, type CommandContext, Refused } from '../command.ts'
import { readReason, whoAsks } from '../healing/who-asks.ts'
import { seeWindow } from '../stability/see-window.ts'
import { renderWindow } from '../views/stability.ts'

/** Ends a window; what was recorded stays in the ledger. */
export async function run({ ports, options, global }: CommandContext): Promise<Answer> {
  const { window, judgement, damage } = seeWindow(ports)
  if (damage.length > 0) throw new Refused(damage, 'problems')
  if (window === null || window.aborted !== null)
    return {
      exit: 'ok',
      data: { window: judgement, written: false },
      findings: [],
      view: () => 'no window is under way, so there is nothing to abort',
    }
  // What took days is not ended by a line that was typed too soon: the reason is the yes.
  const why = readReason(options['reason'], 'an abort')
  if (global.dryRun)
    return {
      exit: 'pending',
      data: { window: judgement, written: false },
      findings: [],
      view: () => 'nothing was written; without --dry-run the window ends now',
    }
  await ports.soak.append('window-aborted', 'stability', { by: whoAsks(ports.environment), why })
  ports.journal.append({ kind: 'stability-aborted', subject: 'stability', data: { why } })
  const ended = seeWindow(ports).judgement
  return { exit: 'ok', data: { window: ended, written: true }, findings: [], view: (style) => renderWindow(ended, window.timezone, style) }
}
