import { type Finding, findPortClashes, type PortClaim, type Position, type Provided } from '@sanctum/contracts'
import { createFinding, listWords } from '../create-finding.ts'
import { own, placeAbove, type View } from './view.ts'

/** The port registry: one owner for each port of a node, and a reason for each. */
export function lintPorts(view: View): Finding[] {
  return [...lintLore(view), ...lintClashes(view)]
}

function lintLore(view: View): Finding[] {
  return view.services.flatMap(([id, { provides }]) =>
    (provides ?? []).flatMap(({ port, port_lore }, index) =>
      (port_lore ?? '').trim() === ''
        ? [
            createFinding(
              'PORT_WITHOUT_LORE',
              view.at(`/services/${id}/provides/${index}/port`),
              `Nothing says why ${id} has port ${port}.`,
              'Add port_lore: why this port and no other.',
            ),
          ]
        : [],
    ),
  )
}

interface Claim extends PortClaim {
  readonly id: string
  readonly at: () => Position | undefined
}

function lintClashes(view: View): Finding[] {
  const clashes = new Map<string, { readonly claim: Claim; readonly first: Claim; readonly nodes: string[] }>()
  const candidates = findShared(view)
  for (const [node] of view.nodes) {
    const claims = candidates.flatMap((id) => (view.nodesOf(id).includes(node) ? listClaims(view, id, node) : []))
    for (const { first, second } of findPortClashes(claims)) noteClash(clashes, ...inOrder(first, second), node)
  }
  return [...clashes.values()].map(({ claim, first, nodes }) => toClash(claim, first, nodes))
}

/** Services with a port that some other provision has as well, on whatever node. */
function findShared(view: View): readonly string[] {
  const counts = new Map<number, number>()
  const ports = new Map(
    view.services.map(([id, { provides }]) => [id, new Set([...(provides ?? []), ...listPatched(view, id)].map(({ port }) => port))]),
  )
  for (const each of ports.values()) for (const port of each) counts.set(port, (counts.get(port) ?? 0) + 1)
  const twice = new Set([...counts].filter(([, count]) => count > 1).map(([port]) => port))
  return view.services
    .filter(([id, { provides }]) => (provides?.length ?? 0) > 1 || [...(ports.get(id) ?? [])].some((port) => twice.has(port)))
    .map(([id]) => id)
}

function listPatched({ layers }: View, id: string): { readonly port: number }[] {
  return layers.flatMap(({ value }) => {
    const patch = own(value.services, id)
    return [...(patch?.provides ?? []), ...(patch?.port === undefined ? [] : [{ port: patch.port }])]
  })
}

/** What a service binds on a node, after instance.yaml and the overlay of the node. */
function listClaims(view: View, id: string, node: string): Claim[] {
  const overlay = own(view.catalog.overlays, node)
  let claims = toClaims(id, view.service(id)?.provides, (index) => view.at(`/services/${id}/provides/${index}/port`))
  for (const layer of overlay ? [view.catalog.instance, overlay] : [view.catalog.instance]) {
    const patch = own(layer.value.services, id)
    const at = (pointer: string) => placeAbove(layer.places, `/services/${id}${pointer}`)
    if (patch?.provides) claims = toClaims(id, patch.provides, (index) => at(`/provides/${index}/port`))
    const { port } = patch ?? {}
    if (port !== undefined) claims = claims.map((claim, index) => (index === 0 ? { ...claim, port, at: () => at('/port') } : claim))
  }
  return claims
}

function toClaims(id: string, provides: readonly Provided[] | undefined, at: (index: number) => Position | undefined): Claim[] {
  return (provides ?? []).map(({ port, protocol, address }, index) => ({
    id,
    port,
    protocol: protocol ?? 'tcp',
    address: address ?? '127.0.0.1',
    at: () => at(index),
  }))
}

/** The claim that was written first, then the other: catalog before layers, catalog.yaml before the rest. */
function inOrder(a: Claim, b: Claim): [Claim, Claim] {
  return isBefore(b.at(), a.at()) ? [b, a] : [a, b]
}

const ranks = [/^catalog\.yaml$/, /^catalog\.d\//, /^runtime_catalog\.yaml$/, /^instance\.yaml$/]

function isBefore(a: Position | undefined, b: Position | undefined): boolean {
  if (a === undefined || b === undefined) return false
  const [first, second] = [a, b].map(
    ({ file }) => (ranks.findIndex((rank) => rank.test(file)) + ranks.length + 1) % (ranks.length + 1),
  ) as [number, number]
  return first < second || (a.file === b.file && a.line < b.line)
}

function noteClash(
  clashes: Map<string, { readonly claim: Claim; readonly first: Claim; readonly nodes: string[] }>,
  first: Claim,
  claim: Claim,
  node: string,
): void {
  const key = `${first.id} ${claim.id} ${claim.protocol} ${claim.port}`
  const known = clashes.get(key)
  if (known) known.nodes.push(node)
  else clashes.set(key, { claim, first, nodes: [node] })
}

function toClash(claim: Claim, first: Claim, nodes: readonly string[]): Finding {
  const at = first.at()
  const who = first.id === claim.id ? `${claim.id} claims` : `${claim.id} and ${first.id} both claim`
  return createFinding(
    'PORT_CLASH',
    claim.at(),
    `${who} ${claim.protocol.toUpperCase()} port ${claim.port} on ${listWords(nodes, 'and')}${first.id === claim.id ? ' twice' : ''}.`,
    `Give ${claim.id} another port, or place the two on different nodes.`,
    at ? { related: [{ at, message: `${first.id} claims it here.` }] } : {},
  )
}
