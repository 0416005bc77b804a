import { listPrograms } from '@sanctum/host-resolver'
import type { Answer, CommandContext } from '../command.ts'
import { loadCatalog } from '../haus/load-haus.ts'
import { renderFacts } from '../views/host.ts'

/** With the programs that the catalog names, so that saved facts are enough to resolve it elsewhere. */
export async function run(context: CommandContext): Promise<Answer> {
  const { options, ports } = context
  const { catalog } = await loadCatalog(context)
  const [facts, observations] = await Promise.all([
    ports.host.facts(listPrograms(catalog), { versions: true }),
    options['observations'] === true ? ports.host.observations() : null,
  ])
  return {
    exit: 'ok',
    data: { facts, ...(observations ? { observations } : {}) },
    findings: [],
    view: (style) => renderFacts(facts, observations, style),
  }
}
