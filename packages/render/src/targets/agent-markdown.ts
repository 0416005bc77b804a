import { agentDocumentNames, type Finding, type Haus } from '@sanctum/contracts'
import { toHeader, toSource } from '../header.ts'
import { judgeText } from '../judge-text.ts'
import type { Draft, Rendered, Target, TargetInput } from '../target.ts'
import { excerpt, toFinding } from '../to-finding.ts'

/** `agents/<agent>/<DOCUMENT>.md`, published to the workspace of an agent that lives on this node. */
export const renderAgentMarkdown: Target = (input) => {
  const rendered = Object.entries(input.haus.agentDocuments).flatMap(([agent, documents]) =>
    agentDocumentNames.flatMap((name) => {
      const text = documents[name]
      return text === undefined ? [] : [renderDocument(input, { agent, name, text })]
    }),
  )
  return { drafts: rendered.flatMap(({ drafts }) => drafts), findings: rendered.flatMap(({ findings }) => findings) }
}

interface AgentDocument {
  readonly agent: string
  readonly name: string
  readonly text: string
}

function renderDocument({ digest, haus }: TargetInput, { agent, name, text }: AgentDocument): Rendered {
  const problem = judgeText(text, 'file')
  if (problem !== null) return { drafts: [], findings: [toUncarried(haus, agent, name)] }
  const workspace = toWorkspace(haus, agent)
  const header = toHeader(toSource(haus, `agents/${agent}/${name}`), text, digest)
  const draft: Draft = {
    target: 'agent-markdown',
    subject: agent,
    path: `agents/${agent}/${name}`,
    publish: workspace === null ? null : `${workspace}/${name}`,
    mode: '0644',
    content: withComments(text, header),
    unit: null,
  }
  const isOutside = workspace !== null && !workspace.startsWith(`${haus.host.user.home}/`)
  return isOutside ? { drafts: [], findings: [toOutside(haus, agent, workspace)] } : { drafts: [draft], findings: [] }
}

/** Comments stand below front matter, which must be the first thing in a file. */
function withComments(text: string, header: readonly string[]): string {
  const matter = /^---\r?\n(?:[\s\S]*?\r?\n)?---\r?\n/.exec(text)?.[0] ?? ''
  return `${matter}${header.map((line) => `<!-- ${line} -->\n`).join('')}${text.slice(matter.length)}`
}

/** Absolute path of the folder that an agent reads; null where none is given or the agent lives elsewhere. */
function toWorkspace(haus: Haus, agent: string): string | null {
  const given = haus.capabilities?.agents[agent]
  if (given?.workspace === undefined || (given.node !== undefined && given.node !== haus.node.id)) return null
  const { home } = haus.host.user
  const path = given.workspace.replace(/^~(?=\/)/, home).replace(/\/$/, '')
  return path.startsWith('/') ? path : `${home}/${path}`
}

function toUncarried(haus: Haus, agent: string, name: string): Finding {
  const message = `${name} of ${excerpt(agent)} holds half of a surrogate pair.`
  return toFinding(haus, agent, { code: 'VALUE_NOT_CARRIED', message, fix: `Save agents/${agent}/${name} as UTF-8.` })
}

function toOutside(haus: Haus, agent: string, workspace: string): Finding {
  return toFinding(haus, agent, {
    code: 'RENDERED_PATH_UNSAFE',
    message: `The workspace of ${excerpt(agent)} is ${excerpt(workspace)}, which is not below the home of ${excerpt(haus.host.user.name)}.`,
    fix: `Give agents.${agent}.workspace a path below the home, such as ~/.openclaw/workspace-${agent}.`,
  })
}
