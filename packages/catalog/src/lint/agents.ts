import { agentDocumentNames, type Finding, type Position } from '@sanctum/contracts'
import { createFinding } from '../create-finding.ts'
import { suggest } from '../nearest.ts'
import { own, placeAbove, type View } from './view.ts'

/** Agents that are named but do not exist, and agents without one of their documents. */
export function lintAgents(view: View): Finding[] {
  return [
    ...listReferences(view)
      .filter(({ id }) => !view.hasAgent(id))
      .map((reference) => toUnknown(view, reference)),
    ...lintDocuments(view),
  ]
}

interface Reference {
  readonly id: string
  readonly at: Position | undefined
  readonly message: string
}

function listReferences(view: View): Reference[] {
  const { catalog, services, layers } = view
  const responsible = services.flatMap(([id, { remediation }]) =>
    toReference(remediation?.responsible_agent, view.at(`/services/${id}/remediation/responsible_agent`)),
  )
  const patched = layers.flatMap(({ value, places }) =>
    Object.entries(value.services ?? {}).flatMap(([id, { remediation }]) =>
      toReference(remediation?.responsible_agent, placeAbove(places, `/services/${id}/remediation/responsible_agent`)),
    ),
  )
  const folders = Object.entries(catalog.agentDocuments).map(([id, documents]) => {
    const file = `agents/${id}/${agentDocumentNames.find((name) => documents[name] !== undefined)}`
    return { id, at: { file, line: 1, column: 1 }, message: `The folder agents/${id} belongs to no agent.` }
  })
  return [...responsible, ...patched, ...folders]
}

function toReference(id: string | undefined, at: Position | undefined): Reference[] {
  return id === undefined ? [] : [{ id, at, message: `There is no agent ${id}.` }]
}

function toUnknown({ catalog, nearest }: View, { id, at, message }: Reference): Finding {
  const known = Object.keys(catalog.capabilities?.agents ?? {})
  return createFinding(
    'UNKNOWN_AGENT',
    at,
    message,
    suggest(nearest, id, known, 'Correct the id, or declare the agent in agent_capabilities.yaml.'),
  )
}

function lintDocuments(view: View): Finding[] {
  const { capabilities, agentDocuments } = view.catalog
  return Object.keys(capabilities?.agents ?? {}).flatMap((id) => {
    const documents = own(agentDocuments, id) ?? {}
    return agentDocumentNames
      .filter((name) => (documents[name] ?? '').trim() === '')
      .map((name) =>
        createFinding('MISSING_AGENT_DOCUMENT', view.at(`/agents/${id}`), `The agent ${id} has no ${name}.`, `Write agents/${id}/${name}.`),
      )
  })
}
