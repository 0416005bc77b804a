import { type GraphFormat, graphFormats, renderGraph, serviceGraph } from '@sanctum/catalog'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { loadCatalog } from '../haus/load-haus.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const format = (context.options['format'] ?? 'mermaid') as GraphFormat
  if (!graphFormats.includes(format)) throw new UsageProblem(`--format ${format} is not known`, `Use one of ${graphFormats.join(', ')}.`)
  const { catalog, findings } = await loadCatalog(context)
  const graph = serviceGraph(catalog)
  return { exit: 'ok', data: { graph }, findings, view: () => renderGraph(graph, format) }
}
