import { listPrerequisites } from '@sanctum/host-resolver'
import type { Answer, CommandContext } from '../command.ts'
import { loadHaus } from '../haus/load-haus.ts'
import { renderPrerequisites } from '../views/host.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const { haus, facts, findings } = await loadHaus(context)
  const prerequisites = listPrerequisites(haus, facts)
  const lacking = prerequisites.filter(({ state }) => state === 'missing' || state === 'too-old')
  return {
    exit: lacking.length > 0 ? 'unavailable' : 'ok',
    data: { prerequisites },
    findings,
    view: (style) => renderPrerequisites(prerequisites, style),
  }
}
