import type { Backend } from '@sanctum/contracts'

/** A model server that somebody else runs on this machine, and the models that it told of; none where it gave no answer. */
export interface FoundServer {
  readonly service: string
  readonly url: string
  readonly models: readonly string[]
}

/** Route that takes what no server of this machine has by name. */
export const FOUND_ROUTE = 'found'

/**
 * Routes for model servers that nobody described. What a server says it has is asked there by its name. Any other name, such as the one
 * that an SDK has by default, goes to the first server with the first model that it told of, and to the next server where that one fails.
 */
export function toFoundBackends(servers: readonly FoundServer[]): Readonly<Record<string, Backend>> {
  const [first, ...others] = [...servers].sort((a, b) => Number(b.models.length > 0) - Number(a.models.length > 0))
  if (first === undefined) return {}
  // What two have is asked of the first, and no model may be called as a route is.
  const taken = new Set([FOUND_ROUTE, ...servers.map(({ service }) => service)])
  const named = servers.flatMap(({ service, url, models }): [string, Backend][] => {
    const own = models.filter((model) => isPlain(model) && !taken.has(model) && taken.add(model))
    return own.length === 0 ? [] : [[service, { description: `What ${service} has`, locality: 'local', url, models: own }]]
  })
  const any: Backend = {
    description: 'Whatever is asked for by another name',
    locality: 'local',
    url: first.url,
    ...(first.models[0] === undefined ? {} : { default_model: first.models[0] }),
    fallback_urls: others.map(({ url, models: [model] }) => ({
      url,
      locality: 'local' as const,
      ...(model === undefined ? {} : { model }),
    })),
  }
  return { ...Object.fromEntries(named), [FOUND_ROUTE]: any }
}

/** Nothing in it that a pattern of the router would read otherwise. */
function isPlain(model: string): boolean {
  return /^[^\s*?[\]{}]{1,200}$/.test(model)
}
