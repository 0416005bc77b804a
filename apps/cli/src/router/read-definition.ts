import { parseRouterFile, type RouterDefinition, toRouterDefinition } from '@sanctum/router-failover'
import type { CommandContext } from '../command.ts'
import { loadRunningHaus } from '../haus/kept-haus.ts'
import { findRole } from '../haus/roles.ts'

/** What a router goes by: one file where it says so, else the backends of the haus. Null where neither can be read. */
export async function readRouterDefinition(context: CommandContext, source: string | null): Promise<RouterDefinition | null> {
  if (source?.startsWith('/')) {
    const text = await context.ports.files.readText(source)
    const parsed = text === null ? null : parseRouterFile(text, source)
    return parsed?.kind === 'parsed' ? parsed.definition : null
  }
  const { haus } = await loadRunningHaus(context)
  const id = findRole(haus, 'router')[0]
  const service = id === undefined ? undefined : haus.services[id]
  if (service === undefined || Object.keys(service.backends).length === 0) return null
  const parsed = toRouterDefinition({ backends: service.backends, defaultRoute: service.default_backend })
  return parsed.kind === 'parsed' ? parsed.definition : null
}
