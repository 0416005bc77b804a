import { createHash } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Fault, type Finding, toFault } from '@sanctum/contracts'
import { parseRouterFile, type RouterDefinition, toRouterDefinition } from '@sanctum/router-failover'
import { type HausDefinition, portOf, type ServiceDefinition } from '../haus-definition.ts'
import { FOUND_ROUTE, type FoundServer, toFoundBackends } from '../router/found-backends.ts'
import type { SourceOrigin, SourceReading } from '../router/router-source.ts'
import { askDocument } from './ask-health.ts'

type Parsed =
  | { readonly kind: 'parsed'; readonly definition: RouterDefinition }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] }

/** The definition of a router in one file. */
export async function readRouterFile(path: string): Promise<SourceReading> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw isMissing(error)
      ? new Fault('UNAVAILABLE', `there is no file ${path}`, { path, hint: 'Give --config the path of a file that is there.' })
      : toFault(error, 'reading', path)
  })
  const from = { source: path, generation: null, port: null, stamp: digest(text) }
  return toReading(parseRouterFile(text, path), from)
}

/** The service that routes, by its id. */
const ROUTING_SERVICE = 'sanctum-server'
const LOOK_MS = 1000

/** The definition of a router in the current generation: its backends, or where it names none the model servers of this machine. */
export function createHausSource(nowMs: () => number): (definition: HausDefinition | null) => Promise<SourceReading> {
  const look = createLook(nowMs)
  return (definition) => readHaus(definition, look)
}

async function readHaus(definition: HausDefinition | null, look: Look): Promise<SourceReading> {
  const router = definition?.services.find(({ id, backends }) => id === ROUTING_SERVICE || Object.keys(backends).length > 0)
  const origin = {
    source: definition === null ? 'no generation yet' : `generation ${definition.generation}`,
    generation: definition?.generation ?? null,
    port: router === undefined ? null : portOf(definition, router.id),
  }
  if (router !== undefined && Object.keys(router.backends).length > 0) {
    const { backends, defaultBackend } = router
    const parsed = toRouterDefinition({ backends, defaultRoute: defaultBackend ?? (Object.keys(backends)[0] as string) })
    return toReading(parsed, { ...origin, stamp: digest(JSON.stringify({ backends, defaultBackend })) })
  }
  return await readFound(definition?.services ?? [], origin, look)
}

async function readFound(services: readonly ServiceDefinition[], origin: Omit<SourceOrigin, 'stamp'>, look: Look): Promise<SourceReading> {
  const servers = await Promise.all(services.filter(({ settings }) => typeof settings['model_server'] === 'string').map(look))
  const backends = toFoundBackends(servers)
  const from = { ...origin, source: `${origin.source}, the model servers found on this machine`, stamp: digest(JSON.stringify(backends)) }
  if (servers.length === 0)
    return {
      kind: 'empty',
      from,
      why: 'no model server is known on this machine; start one, then run sanctumctl bootstrap --write and sanctumctl up',
    }
  return toReading(toRouterDefinition({ backends, defaultRoute: FOUND_ROUTE }), from)
}

type Look = (service: ServiceDefinition) => Promise<FoundServer>

const LOOK_EVERY_MS = 60_000

/** What a server has is asked once a minute. One that is busy and gives no answer still has what it had. */
function createLook(nowMs: () => number): Look {
  const known = new Map<string, { readonly atMs: number; readonly models: readonly string[] }>()
  return async ({ id, provides }) => {
    const port = provides[0]?.port ?? 0
    const last = known.get(id)
    const server = { service: id, url: `http://127.0.0.1:${port}/v1` }
    if (last !== undefined && last.models.length > 0 && nowMs() - last.atMs < LOOK_EVERY_MS) return { ...server, models: last.models }
    const reply = await askDocument(port, '/v1/models', LOOK_MS)
    const told = reply.kind === 'answered' ? toModels(reply.document) : []
    const models = told.length > 0 ? told : (last?.models ?? [])
    known.set(id, { atMs: nowMs(), models })
    return { ...server, models }
  }
}

function toModels(answer: unknown): string[] {
  const data = (answer as { data?: unknown } | null)?.data
  if (!Array.isArray(data)) return []
  return data.flatMap((model) => (typeof model?.id === 'string' && model.id.length <= 200 ? [model.id as string] : [])).slice(0, 200)
}

function toReading(parsed: Parsed, from: SourceOrigin): SourceReading {
  return parsed.kind === 'parsed'
    ? { kind: 'defined', definition: parsed.definition, from }
    : { kind: 'invalid', findings: parsed.findings, from }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

const SETTLE_MS = 150

/** Calls back once a file in a folder is another, however it was replaced; the folder is watched, since an editor writes a new file. */
export function watchFile(path: string, onChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  let watcher: FSWatcher | null = null
  try {
    watcher = watch(dirname(path), (_, name) => {
      if (name !== null && name !== basename(path)) return
      clearTimeout(timer)
      timer = setTimeout(onChange, SETTLE_MS)
    })
    watcher.on('error', () => {})
  } catch {
    // Where a folder cannot be watched it is looked at from time to time all the same.
  }
  return () => {
    clearTimeout(timer)
    watcher?.close()
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
