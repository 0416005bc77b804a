import { didYouMean, type Finding, type HostFacts, layerDocument, type NodeEntry, nearestNames } from '@sanctum/contracts'
import { hostFinding, placeOf } from './host-finding.ts'
import type { StackedLayer } from './layer-stack.ts'
import { mergeBySchema } from './merge-by-schema.ts'
import { isPlainObject, sortedKeys } from './plain-data.ts'
import { toPointer } from './pointer.ts'

export type NodeChoice =
  | { readonly kind: 'chosen'; readonly id: string }
  | { readonly kind: 'undecided'; readonly findings: readonly Finding[] }

/** The node that this machine is: as the caller says, else as the machine calls itself, else the only one there is. */
export function resolveNode(layers: readonly StackedLayer[], facts: HostFacts, asked: string | undefined): NodeChoice {
  const { nodes, owner } = readNodes(layers)
  const known = sortedKeys(nodes)
  if (known.length === 0)
    return undecided('NODES_MISSING', 'no layer declares a node', {
      ...placeOf(owner.originAt('')),
      fix: { text: 'Add nodes to instance.yaml, such as nodes: { local: { type: hub } }.' },
    })
  const [named, by] = asked === undefined ? [facts.node_id, `${facts.paths.sanctum_home}/.node_id`] : [asked, '--node or SANCTUM_NODE']
  const id = named ?? (known.length === 1 ? known[0] : undefined)
  if (id === undefined)
    return undecided('NODE_UNDECIDED', `this machine could be any of ${known.join(', ')}`, {
      subject: `${facts.paths.sanctum_home}/.node_id`,
      fix: { text: `Name it with --node, such as --node ${known[0]}, or set SANCTUM_NODE=${known[0]}.` },
    })
  const entry = nodes[id]
  if (!Object.hasOwn(nodes, id) || entry === undefined) {
    const near = nearestNames(id, known)
    return undecided(
      'NODE_NOT_IN_CATALOG',
      `there is no node ${id}, which ${by} names; the catalog has ${known.join(', ')}.${didYouMean(near)}`,
      {
        subject: by,
        fix: { text: `Name one of its nodes, such as --node ${near[0] ?? known[0]}.` },
      },
    )
  }
  return judgeSystem(id, entry, facts, layers)
}

function readNodes(layers: readonly StackedLayer[]): { nodes: Readonly<Record<string, NodeEntry>>; owner: StackedLayer } {
  const says = layers.flatMap(({ layer, document }, rank) => (document.nodes ? [{ rank, layer, value: { nodes: document.nodes } }] : []))
  const owner =
    layers.find(({ layer, services }) => layer === 'catalog' && Object.keys(services).length === 0) ?? (layers[0] as StackedLayer)
  if (says.length === 0) return { nodes: {}, owner }
  const { nodes } = mergeBySchema(layerDocument, says).value as { nodes?: unknown }
  return { nodes: isPlainObject(nodes) ? (nodes as Record<string, NodeEntry>) : {}, owner }
}

function judgeSystem(id: string, { os }: NodeEntry, facts: HostFacts, layers: readonly StackedLayer[]): NodeChoice {
  if (os === undefined || os === facts.os.family) return { kind: 'chosen', id }
  const teller = layers.findLast(({ document }) => document.nodes?.[id]?.os !== undefined)
  const origin = teller?.originAt(toPointer(['nodes', id, 'os']))
  return undecided('NODE_OS_MISMATCH', `node ${id} is declared as ${os}, but these are the facts of a ${facts.os.family} machine`, {
    ...(origin ? placeOf(origin) : { subject: id }),
    evidence: { expected: os, observed: `${facts.os.family}, ${facts.os.name} ${facts.os.version}` },
    fix: { text: `Give the saved facts of ${id} with --facts, or name another node with --node.` },
  })
}

function undecided(...finding: Parameters<typeof hostFinding>): NodeChoice {
  return { kind: 'undecided', findings: [hostFinding(...finding)] }
}
