import type { Finding } from '@sanctum/contracts'
import { createFinding } from '../create-finding.ts'
import { toLabel } from './labels.ts'
import type { View } from './view.ts'

/** Services that are live and retired at once, by their id or by their label. */
export function lintRetirement(view: View): Finding[] {
  const labels = new Map(view.services.map(([id, service]) => [toLabel(id, service), id]))
  return Object.entries(view.catalog.retired).flatMap(([id, { label }]) => [...judgeId(view, id), ...judgeLabel(view, id, label, labels)])
}

function judgeId(view: View, id: string): Finding[] {
  if (view.service(id) === undefined) return []
  const live = view.at(`/services/${id}`)
  const related = live ? { related: [{ at: live, message: 'The live service is here.' }] } : {}
  return [
    createFinding(
      'LIVE_AND_RETIRED',
      view.at(`/retired/${id}`),
      `${id} is retired here, but is also a live service.`,
      'Remove the service or this tombstone.',
      related,
    ),
  ]
}

function judgeLabel(view: View, id: string, label: string | undefined, labels: ReadonlyMap<string, string>): Finding[] {
  const live = label === undefined ? undefined : labels.get(label)
  if (live === undefined || live === id) return []
  return [
    createFinding(
      'RETIRED_LABEL_LIVE',
      view.at(`/retired/${id}/label`),
      `${live} still has the label ${label}.`,
      `Give ${live} another label, or remove the label here.`,
    ),
  ]
}
