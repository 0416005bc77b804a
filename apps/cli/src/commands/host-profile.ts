import type { Answer, CommandContext } from '../command.ts'
import { loadHaus } from '../haus/load-haus.ts'
import { renderProfile } from '../views/host.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const { haus, findings } = await loadHaus(context)
  const { origins, ...profile } = haus
  return {
    exit: 'ok',
    data: context.global.verbose ? { haus } : { haus: profile },
    findings,
    view: (style) => renderProfile(haus, style),
  }
}
