import type { Finding, Position } from '@sanctum/contracts'
import { createFinding } from '../create-finding.ts'
import { suggest } from '../nearest.ts'
import { own, placeAbove, type View } from './view.ts'

/** References to services, nodes and backends that lead nowhere, or to what is retired. */
export function lintReferences(view: View): Finding[] {
  return [
    ...listServiceReferences(view).flatMap((reference) => judgeService(view, reference)),
    ...lintBackendDefaults(view),
    ...lintNodeReferences(view),
  ]
}

interface Reference {
  readonly id: string
  readonly at: Position | undefined
}

function listServiceReferences(view: View): Reference[] {
  const { catalog, services, edges } = view
  return [
    ...edges.map(({ to, pointer }) => ({ id: to, at: catalog.places[`${pointer}/service`] ?? view.at(pointer) })),
    ...services.flatMap(([id, { capacity }]) =>
      (capacity?.exclusive_with ?? []).map((other, index) => ({
        id: other,
        at: view.at(`/services/${id}/capacity/exclusive_with/${index}`),
      })),
    ),
    ...services.flatMap(([id, { health = {} }]) =>
      Object.entries(health).flatMap(([purpose, probe]) => {
        const asked = probe !== undefined && 'busy' in probe && probe.busy && 'service' in probe.busy ? probe.busy.service : undefined
        return asked === undefined ? [] : [{ id: asked, at: view.at(`/services/${id}/health/${purpose}/busy/service`) }]
      }),
    ),
    ...Object.entries(catalog.retired).flatMap(([id, { replaced_by }]) =>
      replaced_by === undefined ? [] : [{ id: replaced_by, at: view.at(`/retired/${id}/replaced_by`) }],
    ),
    ...listLayerReferences(view),
  ]
}

function listLayerReferences({ layers }: View): Reference[] {
  return layers.flatMap(({ value, places }) => [
    ...Object.keys(value.services ?? {}).map((id) => ({ id, at: placeAbove(places, `/services/${id}`) })),
    ...Object.entries(value.nodes ?? {}).flatMap(([node, { services }]) =>
      Object.keys(services ?? {}).map((id) => ({ id, at: placeAbove(places, `/nodes/${node}/services/${id}`) })),
    ),
  ])
}

/** A service that is missing or retired, as a finding. */
export function judgeService(view: View, { id, at }: Reference): Finding[] {
  if (view.hasService(id)) return []
  const retired = own(view.catalog.retired, id)
  if (retired) {
    const fix = retired.replaced_by === undefined ? 'Remove the reference.' : `Write ${retired.replaced_by}, which replaced it.`
    return [createFinding('RETIRED_REFERENCE', at, `${id} is retired since ${retired.retired}: ${retired.reason}`, fix)]
  }
  const fix = suggest(view.nearest, id, Object.keys(view.catalog.services), 'Correct the id, or declare the service.')
  return [createFinding('UNKNOWN_SERVICE', at, `There is no service ${id}.`, fix)]
}

function lintBackendDefaults(view: View): Finding[] {
  return view.services.flatMap(([id, service]) => {
    const name = service.default_backend
    const backends = [service.backends, ...view.layers.map(({ value }) => own(value.services, id)?.backends)].flatMap((table) =>
      Object.keys(table ?? {}),
    )
    if (name === undefined || backends.includes(name)) return []
    const fix = suggest(view.nearest, name, backends, 'Name one of the backends of the service.')
    return [createFinding('UNKNOWN_BACKEND', view.at(`/services/${id}/default_backend`), `${id} has no backend ${name}.`, fix)]
  })
}

function lintNodeReferences(view: View): Finding[] {
  if (!view.whole && view.nodes.length === 0) return []
  return [
    ...view.services.flatMap(([id, { on }]) =>
      (on?.nodes ?? []).map((node, index) => ({ id: node, at: view.at(`/services/${id}/on/nodes/${index}`) })),
    ),
    ...view.nodes.flatMap(([id, { sync }]) =>
      sync ? [{ id: sync.hub, at: placeAbove(view.catalog.instance.places, `/nodes/${id}/sync/hub`) }] : [],
    ),
    ...Object.entries(view.catalog.capabilities?.agents ?? {}).flatMap(([id, { node }]) =>
      node === undefined ? [] : [{ id: node, at: view.at(`/agents/${id}/node`) }],
    ),
  ]
    .filter(({ id }) => !view.hasNode(id))
    .map(({ id, at }) => {
      const fix = suggest(
        view.nearest,
        id,
        view.nodes.map(([node]) => node),
        'Correct the id, or declare the node in instance.yaml.',
      )
      return createFinding('UNKNOWN_NODE', at, `There is no node ${id}.`, fix)
    })
}
