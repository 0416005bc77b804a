import type { ServiceGraph } from './service-graph.ts'

export const graphFormats = ['mermaid', 'dot', 'json'] as const
export type GraphFormat = (typeof graphFormats)[number]

/** The graph as text. Titles may hold any character; ids of nodes in the text are numbers, so that none can break out. */
export function renderGraph(graph: ServiceGraph, format: GraphFormat): string {
  return renderers[format](graph)
}

const renderers: Readonly<Record<GraphFormat, (graph: ServiceGraph) => string>> = {
  mermaid: renderMermaid,
  dot: renderDot,
  json: (graph) => `${JSON.stringify(graph, null, 2)}\n`,
}

function renderMermaid({ nodes, edges }: ServiceGraph): string {
  const names = toNames(nodes)
  const boxes = nodes.map(
    ({ id, title, kind, tier }) => `  ${names.get(id)}["${escapeMermaid(title === id ? id : `${title} (${id})`)}<br/>${kind}, ${tier}"]`,
  )
  const arrows = edges.flatMap(({ from, to, strength }) => {
    const [a, b] = [names.get(from), names.get(to)]
    return a && b ? [`  ${a} ${strength === 'hard' ? '-->' : '-.->'} ${b}`] : []
  })
  return `${['flowchart LR', ...boxes, ...arrows].join('\n')}\n`
}

function renderDot({ nodes, edges }: ServiceGraph): string {
  const names = toNames(nodes)
  const boxes = nodes.map(({ id, title, kind, tier, fallback }) => {
    const label = escapeDot(title === id ? id : `${title} (${id})`)
    return `  ${names.get(id)} [label="${label}\\n${kind}, ${tier}"${fallback ? ', style=dashed' : ''}];`
  })
  const arrows = edges.flatMap(({ from, to, strength }) => {
    const [a, b] = [names.get(from), names.get(to)]
    return a && b ? [`  ${a} -> ${b}${strength === 'hard' ? '' : ' [style=dashed]'};`] : []
  })
  return `${['digraph services {', '  rankdir=LR;', '  node [shape=box];', ...boxes, ...arrows, '}'].join('\n')}\n`
}

function toNames(nodes: ServiceGraph['nodes']): ReadonlyMap<string, string> {
  return new Map(nodes.map(({ id }, index) => [id, `n${index}`]))
}

/** Everything but plain letters as a numbered entity: a label is read as markup, and ends at a quote. */
function escapeMermaid(text: string): string {
  return toLine(text).replaceAll(/[^\p{L}\p{N} ().,:/_-]/gu, (char) => `#${char.codePointAt(0)};`)
}

function escapeDot(text: string): string {
  return toLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}

function toLine(text: string): string {
  return [...text]
    .map((char) => ((char.codePointAt(0) ?? 0) < 0x20 || char === '\u007f' || char === '\u2028' || char === '\u2029' ? ' ' : char))
    .join('')
}
