import type { Finding } from '@sanctum/contracts'
import { createFinding, listWords } from '../create-finding.ts'
import { suggest } from '../nearest.ts'
import { fits, placeAbove, type View } from './view.ts'

/** The hub, overlays without a node, and services that no node can run. */
export function lintNodes(view: View): Finding[] {
  return [...lintHubs(view), ...lintOverlays(view), ...lintCapabilities(view), ...lintPlacements(view)]
}

function lintHubs({ catalog, nodes, whole }: View): Finding[] {
  const { places } = catalog.instance
  const hubs = nodes.filter(([, { type }]) => type === 'hub').map(([id]) => id)
  const [first, ...others] = hubs
  if (first === undefined)
    return whole
      ? [
          createFinding(
            'NO_HUB',
            placeAbove(places, '/nodes') ?? { file: 'instance.yaml', line: 1, column: 1 },
            'No node is the hub.',
            'Write type: hub at the node that holds the truth.',
          ),
        ]
      : []
  return others.map((id) => {
    const at = placeAbove(places, `/nodes/${first}/type`)
    return createFinding(
      'SEVERAL_HUBS',
      placeAbove(places, `/nodes/${id}/type`),
      `${id} is a hub, but ${first} is one already.`,
      `Write type: satellite at one of them.`,
      at ? { related: [{ at, message: 'The first hub is here.' }] } : {},
    )
  })
}

function lintOverlays({ catalog, nodes, nearest, hasNode, whole }: View): Finding[] {
  if (!whole && nodes.length === 0) return []
  return Object.values(catalog.overlays).flatMap(({ source }) => {
    const id = source.replace(/^.*\//, '').replace(/\.yaml$/, '')
    if (hasNode(id)) return []
    const near = suggest(
      nearest,
      id,
      nodes.map(([node]) => node),
      `Name it after a node: ${listWords(nodes.map(([node]) => node))}.`,
    )
    return [createFinding('OVERLAY_WITHOUT_NODE', { file: source, line: 1, column: 1 }, `There is no node ${id}.`, near)]
  })
}

/** A capability that no node has, whatever else the placement asks. */
function lintCapabilities(view: View): Finding[] {
  if (!view.whole) return []
  const known = new Set(view.nodes.flatMap(([, { capabilities }]) => capabilities ?? []))
  return view.services.flatMap(([id, { on }]) =>
    (on?.capabilities ?? []).flatMap((capability, index) =>
      known.has(capability)
        ? []
        : [
            createFinding(
              'UNKNOWN_CAPABILITY',
              view.at(`/services/${id}/on/capabilities/${index}`),
              `No node has the capability ${capability}.`,
              suggest(view.nearest, capability, known, 'Give a node this capability in instance.yaml.'),
            ),
          ],
    ),
  )
}

function lintPlacements(view: View): Finding[] {
  if (!view.whole) return []
  const capabilities = new Set(view.nodes.flatMap((node) => node[1].capabilities ?? []))
  return view.services.flatMap(([id, service]) => {
    const { on } = service
    if (on === undefined || view.nodes.some(([node, entry]) => fits(service, node, entry))) return []
    const isReported = on.nodes?.some((node) => !view.hasNode(node)) || on.capabilities?.some((capability) => !capabilities.has(capability))
    if (isReported) return []
    const wants = Object.entries(on).map(([key, values]) => `${key} ${(values ?? []).join(' or ')}`)
    return [
      createFinding(
        'UNPLACEABLE',
        view.at(`/services/${id}/on`),
        `No node can run ${id}: it asks for ${listWords(wants, 'and')}.`,
        'Loosen the placement, or give a node what it asks for.',
      ),
    ]
  })
}
