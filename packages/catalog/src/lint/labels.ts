import type { Finding, Service } from '@sanctum/contracts'
import { createFinding } from '../create-finding.ts'
import type { View } from './view.ts'

const unitKinds = new Set(['daemon', 'periodic', 'oneshot', 'container'])

/** Two services with one label on one node. */
export function lintLabels(view: View): Finding[] {
  const owners = new Map<string, string[]>()
  return view.services.flatMap(([id, service]) => {
    const label = toLabel(id, service)
    const others = owners.get(label) ?? []
    owners.set(label, [...others, id].slice(-50))
    if (!unitKinds.has(service.kind)) return []
    const nodes = new Set(others.length > 0 ? view.nodesOf(id) : [])
    const other = others.find((each) => unitKinds.has(view.service(each)?.kind ?? '') && view.nodesOf(each).some((node) => nodes.has(node)))
    return other === undefined ? [] : [toClash(view, id, other, label)]
  })
}

/** The label as written, or the one that every service gets. */
export function toLabel(id: string, { label }: Service): string {
  return label ?? `com.sanctum.${id}`
}

function toClash(view: View, id: string, other: string, label: string): Finding {
  const first = view.at(`/services/${other}/label`)
  const related = first ? { related: [{ at: first, message: `${other} has it here.` }] } : {}
  return createFinding(
    'LABEL_CLASH',
    view.at(`/services/${id}/label`),
    `${id} and ${other} have one label: ${label}.`,
    `Write label: com.sanctum.${id}, or another that is free.`,
    related,
  )
}
