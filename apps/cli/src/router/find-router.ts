import { Fault, parseJson, type RouterStatusDocument, routerStatus } from '@sanctum/contracts'
import { type CommandContext, UsageProblem } from '../command.ts'
import type { RouterPlace, RouterPort } from '../ports.ts'
import { isLoopback, LOOPBACK, toShownPlace } from './router-place.ts'
import { readRouterPlace, readRouterWords } from './router-words.ts'

export interface FoundRouter {
  readonly place: RouterPlace
  /** What it wants of who asks it for a model; null: nothing that is known here. */
  readonly clientToken: string | null
}

/** What was given, else where the haus has it, else the router's own place. */
export async function findRouter(context: CommandContext): Promise<FoundRouter> {
  const { options, ports } = context
  const ca = await readGiven(context, '--ca', options['ca'])
  const clientToken = await readGiven(context, '--token-file', options['tokenFile'])
  const port = readPort(options['port'])
  if (typeof options['url'] === 'string') return { place: toPlace(options['url'], ca), clientToken }
  if (port !== null) return { place: { host: LOOPBACK, port, tls: ca === null ? null : { ca } }, clientToken }
  const words = await readRouterWords(context)
  const token = words.tokenFile === null ? null : await ports.files.readText(words.tokenFile)
  return { place: await readRouterPlace(words, ports.files, ca), clientToken: clientToken ?? token?.trim() ?? null }
}

async function readGiven({ ports: { files } }: CommandContext, flag: string, given: unknown): Promise<string | null> {
  if (typeof given !== 'string') return null
  const path = files.toAbsolute(given)
  const text = await files.readText(path)
  if (text === null) throw new UsageProblem(`there is no file ${files.toShown(path)}`, `Give ${flag} a file that this user can read.`)
  return text.trim()
}

function toPlace(given: string, ca: string | null): RouterPlace {
  const url = URL.parse(given)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '')
    throw new UsageProblem(`--url ${given} is no address of a router`, 'Give one such as https://10.0.0.7:8900.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (url.protocol === 'http:' && !isLoopback(host))
    throw new UsageProblem(
      `--url ${given} would send a token in plain text`,
      'A router at such an address has a certificate: write https://.',
    )
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { host: host === 'localhost' ? LOOPBACK : host, port, tls: url.protocol === 'https:' ? { ca } : null }
}

export function readPort(given: unknown): number | null {
  if (given === undefined) return null
  const port = Number(given)
  if (/^\d{1,5}$/.test(String(given)) && port >= 1 && port <= 65_535) return port
  throw new UsageProblem(`--port ${String(given)} is no port`, 'Give a number from 1 to 65535, such as --port 8900.')
}

/** How long a router may take to answer for itself. */
const LONGEST_MS = 5000

export interface RouterTalk extends FoundRouter {
  /** The document that it answered. Throws where nobody answers, or somebody else does. */
  ask(
    asked: Parameters<RouterPort['ask']>[1],
    expected?: readonly number[],
  ): Promise<{ readonly status: number; readonly document: unknown }>
}

/** Somebody to talk to the router with, wherever it is. */
export async function reachRouter(context: CommandContext): Promise<RouterTalk> {
  const found = await findRouter(context)
  const at = toShownPlace(found.place)
  const link = await context.ports.router()
  return {
    ...found,
    async ask(asked, expected = [200]) {
      const answer = await link.ask(found.place, asked, LONGEST_MS)
      if (answer.kind === 'silent') throw answer.hangs ? toHung(at, answer.why) : toSilent(at, answer.why)
      const document = parseJson(answer.body)
      if (expected.includes(answer.status) && document !== null) return { status: answer.status, document }
      throw toForeign(at, answer.status, document)
    },
  }
}

/** How the router says that it is. Throws where somebody else answers. */
export async function readRouterStatus({ ask, place }: RouterTalk): Promise<RouterStatusDocument> {
  const { document } = await ask({ method: 'GET', path: '/v1/backends' })
  const status = routerStatus.safeParse(document).data
  if (status !== undefined) return status
  throw new Fault('UNAVAILABLE', `${toShownPlace(place)} answers, but not as a router of this version`, {
    hint: 'Restart it after an upgrade.',
  })
}

function toSilent(at: string, why: string): Fault {
  return new Fault('UNAVAILABLE', `no router answers at ${at}: ${why}`, {
    hint: 'Start it with sanctumctl up, or in the foreground with sanctumctl router serve --config FILE; --port names another port, --url another address, and --ca the certificate of a router that has one.',
  })
}

function toHung(at: string, why: string): Fault {
  return new Fault('UNAVAILABLE', `somebody listens at ${at} and does not answer: ${why}`, {
    hint: 'Read what the router wrote with sanctumctl logs sanctum-server; sanctumctl restart sanctum-server starts it anew.',
    retryable: true,
  })
}

function toForeign(at: string, status: number, document: unknown): Fault {
  const error = (document as { error?: { message?: unknown } } | null)?.error
  const said = typeof error?.message === 'string' ? `: ${error.message}` : ''
  if (status === 401)
    return new Fault('NOT_PERMITTED', `the router at ${at} does not take the token of this user${said}`, {
      hint: 'Ask as the user who started it, with the same SANCTUM_HOME.',
    })
  return new Fault('UNAVAILABLE', `${at} answers with status ${status}, which no router of Sanctum does${said}`, {
    hint: 'Name the port of the router with --port.',
  })
}
