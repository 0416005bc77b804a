import type { HausStatus } from '@sanctum/contracts'
import { describeTrial } from '@sanctum/generations'
import type { Answer, CommandContext } from '../command.ts'
import { loadRunningHaus } from '../haus/kept-haus.ts'
import { observeStatus, QUICK_LOOK_MS } from '../haus/observe-status.ts'
import { readReverted } from '../haus/read-reverted.ts'
import { seeTrial } from '../haus/trial.ts'
import { listAttention } from '../healing/list-attention.ts'
import { exitOfVerdict } from '../output/exit-of-verdict.ts'
import type { Ports } from '../ports.ts'
import { renderStatus } from '../views/status.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const { haus, findings } = await loadRunningHaus(context)
  const [observed, attention] = await Promise.all([
    observeStatus(context, haus, { longestMs: QUICK_LOOK_MS }),
    listAttention(context.ports),
  ])
  const status: HausStatus = { ...observed, ...observeChange(context.ports), ...(attention.length > 0 ? { attention } : {}) }
  return {
    exit: status.generation === null ? 'problems' : exitOfVerdict(status.verdict),
    data: { status },
    findings,
    view: (style) => [renderStatus(status, style), ...hint(status)].join('\n\n'),
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
