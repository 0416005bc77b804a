import { Fault, type RouterStatusDocument, routerStatus } from '@sanctum/contracts'
import { type CommandContext, UsageProblem } from '../command.ts'
import { loadRunningHaus } from '../haus/kept-haus.ts'
import { findRole } from '../haus/roles.ts'
import type { RouterPort } from '../ports.ts'

/** Where a router answers that nobody placed elsewhere. */
const ROUTER_PORT = 8900

/** The port that was given, else that of the haus, else the router's own. */
export async function findRouterPort(context: CommandContext): Promise<number> {
  const given = readPort(context.options['port'])
  if (given !== null) return given
  try {
    const { haus } = await loadRunningHaus(context)
    const [id] = findRole(haus, 'router')
    return (id === undefined ? undefined : haus.services[id]?.provides[0]?.port) ?? ROUTER_PORT
  } catch {
    // No haus is needed for a router.
    return ROUTER_PORT
  }
}

export function readPort(given: unknown): number | null {
  if (given === undefined) return null
  const port = Number(given)
  if (/^\d{1,5}$/.test(String(given)) && port >= 1 && port <= 65_535) return port
  throw new UsageProblem(`--port ${String(given)} is no port`, 'Give a number from 1 to 65535, such as --port 8900.')
}

/** How long a router may take to answer for itself. */
const LONGEST_MS = 5000

export interface RouterTalk {
  readonly port: number
  /** The document that it answered. Throws where nobody answers, or somebody else does. */
  ask(
    asked: Parameters<RouterPort['ask']>[1],
    expected?: readonly number[],
  ): Promise<{ readonly status: number; readonly document: unknown }>
}

/** Somebody to talk to the router with, wherever it is. */
export async function reachRouter(context: CommandContext): Promise<RouterTalk> {
  const port = await findRouterPort(context)
  const link = await context.ports.router()
  return {
    port,
    async ask(asked, expected = [200]) {
      const answer = await link.ask(port, asked, LONGEST_MS)
      if (answer.kind === 'silent') throw toSilent(port, answer.why)
      const document = parseJson(answer.body)
      if (expected.includes(answer.status) && document !== null) return { status: answer.status, document }
      throw toForeign(port, answer.status, document)
    },
  }
}

/** How the router says that it is. Throws where somebody else answers. */
export async function readRouterStatus({ ask, port }: RouterTalk): Promise<RouterStatusDocument> {
  const { document } = await ask({ method: 'GET', path: '/v1/backends' })
  const status = routerStatus.safeParse(document).data
  if (status !== undefined) return status
  throw new Fault('UNAVAILABLE', `port ${port} answers, but not as a router of this version`, { hint: 'Restart it after an upgrade.' })
}

function toSilent(port: number, why: string): Fault {
  return new Fault('UNAVAILABLE', `no router answers at port ${port}: ${why}`, {
    hint: 'Start it with sanctumctl up, or in the foreground with sanctumctl router serve --config FILE; --port names another port. Only a router that listens at 127.0.0.1 without TLS can be asked from here.',
  })
}

function toForeign(port: number, status: number, document: unknown): Fault {
  const error = (document as { error?: { message?: unknown } } | null)?.error
  const said = typeof error?.message === 'string' ? `: ${error.message}` : ''
  if (status === 401)
    return new Fault('NOT_PERMITTED', `the router at port ${port} does not take the token of this user${said}`, {
      hint: 'Ask as the user who started it, with the same SANCTUM_HOME.',
    })
  return new Fault('UNAVAILABLE', `port ${port} answers with status ${status}, which no router of Sanctum does${said}`, {
    hint: 'Name the port of the router with --port.',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
