import { parseJson, type RouterExplanation, routerExplanation } from '@sanctum/contracts'
import { createTargetState, type Endpoint, endpointNames, explainPlan, findEndpoints, toExplanation } from '@sanctum/router-failover'
import { type CommandContext, UsageProblem } from '../command.ts'
import { findRouter } from './find-router.ts'
import { readRouterDefinition } from './read-definition.ts'

export interface ModelExplanation {
  readonly model: RouterExplanation
  readonly asked: 'router' | 'definition'
}

const LONGEST_MS = 2000

/** What the router would do for a model now; where none runs, what its definition says of it. Null where there is neither. */
export async function explainModel(name: string, context: CommandContext): Promise<ModelExplanation | null> {
  const endpoint = readEndpoint(context.options['endpoint'])
  const { place } = await findRouter(context)
  const path = `/admin/explain?model=${encodeURIComponent(name)}&endpoint=${encodeURIComponent(endpoint)}`
  const answer = await (await context.ports.router()).ask(place, { method: 'GET', path }, LONGEST_MS)
  if (answer.kind === 'answered' && answer.status === 200) {
    const model = routerExplanation.safeParse(parseJson(answer.body)).data
    if (model !== undefined) return { model, asked: 'router' }
  }
  return await explainDefinition(name, endpoint, context)
}

/** A part of its name is enough where it can be no other. */
function readEndpoint(given: unknown): Endpoint {
  if (given === undefined) return 'chat/completions'
  const [found, ...others] = findEndpoints(String(given))
  if (found !== undefined && others.length === 0) return found
  throw new UsageProblem(
    found === undefined ? `there is no endpoint ${String(given)}` : `--endpoint ${String(given)} may be ${[found, ...others].join(' or ')}`,
    `Give one of ${endpointNames.join(', ')}.`,
  )
}

async function explainDefinition(name: string, endpoint: Endpoint, context: CommandContext): Promise<ModelExplanation | null> {
  const definition = await readRouterDefinition(context, null).catch(() => null)
  if (definition === null) return null
  const unknown = createTargetState()
  const plan = explainPlan({ definition, model: name, endpoint, states: () => unknown, nowMs: 0 })
  return { model: { schema_version: 1, model: name, ...toExplanation(plan) }, asked: 'definition' }
}
