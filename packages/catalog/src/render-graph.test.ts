import { describe, expect, it } from 'vitest'
import { type GraphFormat, graphFormats, renderGraph } from './render-graph.ts'
import type { ServiceGraph } from './service-graph.ts'

function graph(title: string): ServiceGraph {
  return {
    nodes: [
      { id: 'dashboard', title: 'dashboard', kind: 'daemon', tier: 'ops', fallback: false },
      { id: 'watchdog', title, kind: 'daemon', tier: 'P0', fallback: true },
    ],
    edges: [{ from: 'dashboard', to: 'watchdog', strength: 'soft', running: false, reason: null }],
  }
}

const expected: Readonly<Record<Exclude<GraphFormat, 'json'>, string>> = {
  mermaid: `flowchart LR
  n0["dashboard<br/>daemon, ops"]
  n1["Watchdog (watchdog)<br/>daemon, P0"]
  n0 -.-> n1
`,
  dot: `digraph services {
  rankdir=LR;
  node [shape=box];
  n0 [label="dashboard\\ndaemon, ops"];
  n1 [label="Watchdog (watchdog)\\ndaemon, P0", style=dashed];
  n0 -> n1 [style=dashed];
}
`,
}

describe('a graph', () => {
  it.each(Object.entries(expected))('as %s', (format, text) => {
    expect(renderGraph(graph('Watchdog'), format as GraphFormat)).toBe(text)
  })

  it('as json is the data', () => {
    expect(JSON.parse(renderGraph(graph('Watchdog'), 'json'))).toEqual(graph('Watchdog'))
  })

  const hostile = [
    '"];\n  evil -> evil;\n//',
    '</b><script>alert(1)</script>',
    '`x` #quot; %% comment',
    '\\',
    'a\r\nb',
    '\u2028end\u0000',
    '"]\n click n0 call x()',
    '日本語 é',
  ]

  it.each(hostile)('keeps its lines whatever the title: %j', (title) => {
    for (const format of graphFormats.filter((each) => each !== 'json'))
      expect(renderGraph(graph(title), format).split(/[\n\r\u2028]/)).toHaveLength(renderGraph(graph('x'), format).split('\n').length)
    expect(renderGraph(graph(title), 'mermaid')).not.toMatch(/<script|"\].*"\]/)
    const [, label = ''] = /n1 \[label="((?:[^"\\]|\\.)*)"/.exec(renderGraph(graph(title), 'dot')) ?? []
    expect(label).toContain('(watchdog)\\ndaemon, P0')
  })
})
