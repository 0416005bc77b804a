import type { Answer, CommandContext } from '../command.ts'
import { loadHaus } from '../haus/load-haus.ts'
import { readPrerequisites } from '../haus/read-prerequisites.ts'
import { renderPrerequisites } from '../views/host.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const loaded = await loadHaus(context, { versions: true })
  const prerequisites = await readPrerequisites(context, loaded)
  const lacking = prerequisites.filter(({ state }) => state === 'missing' || state === 'too-old')
  return {
    exit: lacking.length > 0 ? 'unavailable' : 'ok',
    data: { prerequisites },
    findings: loaded.findings,
    view: (style) => renderPrerequisites(prerequisites, style),
  }
}
