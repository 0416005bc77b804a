import type { Finding, HausStatus } from '@sanctum/contracts'
import { describeTrial } from '@sanctum/generations'
import { JOURNAL_FILE } from '@sanctum/journal'
import type { Answer, CommandContext } from '../command.ts'
import { toUnreadableJournal } from '../findings/to-journal-damage.ts'
import { findOtherCode } from '../haus/find-other-code.ts'
import { findOtherProgram } from '../haus/find-other-program.ts'
import { findUnrendered } from '../haus/find-unrendered.ts'
import { observeStatus, QUICK_LOOK_MS } from '../haus/observe-status.ts'
import { loadHeldHaus } from '../haus/read-held-haus.ts'
import { readReverted } from '../haus/read-reverted.ts'
import { seeTrial } from '../haus/trial.ts'
import { listAttention } from '../healing/list-attention.ts'
import { exitOfVerdict } from '../output/exit-of-verdict.ts'
import type { Ports } from '../ports.ts'
import { renderOther } from '../views/other.ts'
import { renderStatus } from '../views/status.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const { haus, wanted, findings } = await loadHeldHaus(context)
  const [observed, attention, others] = await Promise.all([
    observeStatus(context, haus, { longestMs: QUICK_LOOK_MS }),
    listAttention(context.ports),
    findOtherCode(context.ports, haus),
  ])
  const { change, damage } = tryChange(context.ports)
  const unrendered = observed.generation === null ? null : findUnrendered(wanted, haus)
  const noted = [
    ...(unrendered === null ? [] : [unrendered]),
    ...damage,
    ...others,
    ...(damage.length > 0 ? [] : findOtherProgram(context.ports)),
  ]
  const status: HausStatus = { ...observed, ...change, ...(attention.length > 0 ? { attention } : {}) }
  return {
    exit: status.generation === null || damage.length > 0 ? 'problems' : exitOfVerdict(status.verdict),
    data: { status },
    findings: [...findings, ...noted],
    view: (style) => [renderStatus(status, style), ...noted.map((finding) => renderOther(finding, style)), ...hint(status)].join('\n\n'),
  }
}

/** A journal that cannot be read hides what was taken back, and nothing else. */
function tryChange(ports: Ports): { readonly change: ReturnType<typeof observeChange>; readonly damage: readonly Finding[] } {
  try {
    return { change: observeChange(ports), damage: [] }
  } catch (error) {
    const damage = toUnreadableJournal(error, ports.files.toShown(`${ports.home}/${JOURNAL_FILE}`))
    if (damage === null) throw error
    return { change: {}, damage: [damage] }
  }
}

/** What is on trial, or was taken back and not put right since. */
function observeChange(ports: Ports): Pick<HausStatus, 'trial' | 'reverted'> {
  const { trial, judgement } = seeTrial(ports)
  if (trial !== null && judgement.kind !== 'none') {
    const { generation, goal, because } = trial
    const why = [describeTrial(trial, judgement), ...because].join('; ')
    return { trial: { generation, goal, state: judgement.kind, why } }
  }
  const reverted = readReverted(ports)
  return reverted === null ? {} : { reverted }
}

/** What to type next, where there is something to do. */
function hint({ generation, verdict, services }: HausStatus): string[] {
  if (generation === null) return ['nothing is set up yet; run sanctumctl up']
  if (verdict === 'healthy') return []
  if (services.every(({ pid }) => pid === null)) return ['nothing runs; run sanctumctl up']
  return ['next: sanctumctl doctor --quick · sanctumctl logs <id>']
}
