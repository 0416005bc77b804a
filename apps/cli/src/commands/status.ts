import type { HausStatus } from '@sanctum/contracts'
import type { Answer, CommandContext } from '../command.ts'
import { loadRunningHaus } from '../haus/kept-haus.ts'
import { observeStatus } from '../haus/observe-status.ts'
import { exitOfVerdict } from '../output/exit-of-verdict.ts'
import { renderStatus } from '../views/status.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const { haus, findings } = await loadRunningHaus(context)
  const status = await observeStatus(context, haus)
  return {
    exit: status.generation === null ? 'problems' : exitOfVerdict(status.verdict),
    data: { status },
    findings,
    view: (style) => [renderStatus(status, style), ...hint(status)].join('\n\n'),
  }
}

/** What to type next, where there is something to do. */
function hint({ generation, verdict, services }: HausStatus): string[] {
  if (generation === null) return ['nothing is set up yet; run sanctumctl up']
  if (verdict === 'healthy') return []
  if (services.every(({ pid }) => pid === null)) return ['nothing runs; run sanctumctl up']
  return ['next: sanctumctl doctor --quick · sanctumctl logs <id>']
}
