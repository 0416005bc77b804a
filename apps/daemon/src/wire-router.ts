import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { type ExitName, Fault, type NewEvent, toFault } from '@sanctum/contracts'
import { apiTokenFile, type LocalPolicy, loopbackHosts, readOnlyPolicy, routerAdminPolicy, routerPolicy } from '@sanctum/local-api'
import { listModels } from '@sanctum/router-failover'
import { createFileCapStore, createRouter, type MetricFamily, type Router, renderMetrics } from '@sanctum/router-failover/node'
import type { HausDefinition } from './haus-definition.ts'
import { type Log, toErrorFields } from './log.ts'
import { listCertificateNames } from './node/list-certificate-names.ts'
import { createHausSource, readRouterFile, watchFile } from './node/read-router-source.ts'
import { createSecretReaders } from './node/router-secrets.ts'
import { readAdminToken, readClientToken } from './node/router-token.ts'
import { type ServeRouterOptions, type ServerTls, serveRouter } from './node/serve-router.ts'
import { writeStateFile } from './node/state-file.ts'
import type { RoleStart, RouterOptions } from './role.ts'
import { answerModels, answerRest } from './router/answer-router.ts'
import { toPublished, toRoleMetrics } from './router/router-metrics.ts'
import { type RouterDesk, type RouterPorts, runRouter } from './router/run-router.ts'

/** What the rest of the daemon gives this role. */
export interface RouterSurroundings {
  readonly pid: number
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly nowMs: () => number
  readonly monotonicMs: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly onHangup: (handle: () => void) => void
  readonly onInputEnd: (handle: () => void) => void
  readonly findOwner: (port: number) => Promise<string | null>
  readonly readDefinition: () => Promise<HausDefinition | null>
  readonly openJournal: () => Promise<(event: NewEvent) => void>
  /** Called for the first time that many ask at once. */
  readonly onCrowd: () => void
}

const OPEN: RouterOptions = { config: null, tokenFile: null, bind: '127.0.0.1', tls: null, attached: false }

export async function wireRouter(start: RoleStart, around: RouterSurroundings): Promise<ExitName> {
  const { home, log } = start
  const options = start.router ?? OPEN
  refuseOpenBind(options)
  const ending = new AbortController()
  if (options.attached) around.onInputEnd(() => ending.abort('the end of its standard input'))
  const isHomeThere = existsSync(home)
  const { tell, flush } = wireEvents(log, isHomeThere ? around.openJournal : null, around.nowMs)
  const readHaus = createHausSource(around.monotonicMs)
  const readers = createSecretReaders(home, around.environment)
  const serve = await wireServer(start, options, around, isHomeThere)
  const ports: RouterPorts<Drillable> = {
    ...around,
    readSource: async () =>
      options.config === null ? await readHaus(await around.readDefinition()) : await readRouterFile(options.config),
    watchSource: (onChange) => watchFile(options.config ?? `${home}/current`, onChange),
    createRouter: (definition, onUndrilled) =>
      toDrillable(
        createRouter({
          definition,
          readers,
          ...(isHomeThere ? { capStore: createFileCapStore(`${home}/state/router.json`) } : {}),
          log: ({ kind, ...fields }) => tell(kind, fields),
          onUndrilled,
        }),
      ),
    serve,
    onTaken: (definition) => {
      if (!isHomeThere) return
      const models = [...listModels(definition)].sort()
      void writeStateFile(`${home}/state/router-models.json`, { schema_version: 1, models }).catch(() => {})
    },
  }
  try {
    return await runRouter({ ...start, signal: AbortSignal.any([start.signal, ending.signal]) }, ports)
  } finally {
    await flush()
  }
}

function isLoopback(bind: string): boolean {
  return bind.startsWith('127.') || bind === '::1'
}

/** Everybody in the network could ask, and read what others ask. */
function refuseOpenBind({ bind, tokenFile, tls }: RouterOptions): void {
  if (isLoopback(bind)) return
  const missing = [...(tokenFile === null ? ['--token-file'] : []), ...(tls === null ? ['--tls-cert and --tls-key'] : [])]
  if (missing.length === 0) return
  throw new Fault('NOT_PERMITTED', `to bind ${bind} would let everybody in that network ask these models and read the answers of others`, {
    hint: `Give ${missing.join(' and ')} as well, or bind 127.0.0.1.`,
  })
}

interface Drillable extends Omit<Router, 'metrics' | 'close'> {
  families(): readonly MetricFamily[]
  close(): Promise<void>
}

/** What was begun may end within this. */
const GRACE_MS = 1000

function toDrillable({ metrics, close, ...router }: Router): Drillable {
  return { ...router, families: metrics, close: () => close(GRACE_MS) }
}

/** How the routes of a drill are called. */
const DRILL = 'drill-'

type Tell = (kind: string, fields: Readonly<Record<string, unknown>>) => void

/** Writing to the disk waits for the disk: whoever is on the way to another server just then does not wait with it. */
const JOURNAL_DELAY_MS = 250

/** What the journal keeps of what becomes of a server; the rest is for the log. */
const kept: ReadonlySet<unknown> = new Set(['down', 'misconfigured'])

/**
 * `flush` writes what is still to be written, as before the process ends. The journal is opened for the first event: a haus whose servers are
 * well needs none, and it is a tenth of what this process weighs.
 */
export function wireEvents(
  log: Log,
  openJournal: RouterSurroundings['openJournal'] | null,
  nowMs: () => number,
): { readonly tell: Tell; flush(): Promise<void> } {
  let journal: Promise<((event: NewEvent) => void) | null> | null = null
  let pending: NewEvent[] = []
  let timer: NodeJS.Timeout | undefined
  const open = (): Promise<((event: NewEvent) => void) | null> =>
    openJournal === null
      ? Promise.resolve(null)
      : openJournal().catch((error) => {
          // Answers go on without it, and the log has what happened; the next event tries again.
          journal = null
          log('error', 'journal-failed', toErrorFields(error))
          return null
        })
  let writing: Promise<void> = Promise.resolve()
  const write = async (): Promise<void> => {
    const events = pending
    pending = []
    if (events.length === 0) return
    journal ??= open()
    const append = await journal
    for (const event of events) append?.(event)
  }
  // One after the other: whoever ends the process waits for what waits for the journal, too.
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write)
    return writing
  }
  const tell: Tell = (kind, fields) => {
    log(kind === 'target-changed' && !kept.has(fields['to']) ? 'info' : 'warn', kind, fields)
    const { target, ...data } = fields
    // What a drill plants is no trouble of the haus.
    if (String(target).startsWith(DRILL)) return
    if (kind !== 'target-changed' || !(kept.has(data['from']) || kept.has(data['to']))) return
    pending.push({ kind: 'route-target-changed', subject: String(target), data: { ...data, seen_at_ms: nowMs() } })
    timer ??= setTimeout(() => void flush(), JOURNAL_DELAY_MS)
  }
  return { tell, flush }
}

async function wireServer(
  { home, log }: RoleStart,
  options: RouterOptions,
  { findOwner, environment, onCrowd }: RouterSurroundings,
  isHomeThere: boolean,
): Promise<RouterPorts<Drillable>['serve']> {
  const isClientToken = options.tokenFile === null ? null : await readClientToken(options.tokenFile)
  const tls = options.tls === null ? null : await readTls(options.tls)
  let names = tls === null ? NO_NAMES : listCertificateNames(tls.cert)
  const isAdminToken = await wireAdminToken(log, { home, isHomeThere, environment })
  return async (port, desk) => {
    const server = await serveRouter({
      port,
      address: options.bind,
      tls,
      findOwner,
      onCrowd,
      onRefused: (code) => log('warn', 'request-refused', { code }),
      policyOf: createPolicies(options, { isClientToken, isAdminToken, names: () => names }),
      answerModels: answerModels(desk),
      answerRest: answerRest({ desk, renderMetrics: (router) => render(desk, router) }),
    })
    const renew = (next: ServerTls): void => {
      server.renewTls(next)
      names = listCertificateNames(next.cert)
    }
    const unwatch = options.tls === null ? () => {} : watchTls(options.tls, renew, log)
    return {
      port: server.port,
      close: async () => {
        unwatch()
        await server.close()
      },
    }
  }
}

async function render(desk: RouterDesk<Drillable>, router: Drillable | null): Promise<{ contentType: string; text: string }> {
  const families = [...toRoleMetrics(desk.health()), ...toPublished(router?.families() ?? [])]
  return { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: renderMetrics(families) }
}

/**
 * Made once for each address: a request of a model costs no policy of its own. Who comes from elsewhere sees models and nothing else. A router
 * that is bound to an address of this machine alone is not there over loopback, so who asks it from here may see whether it is well and at work, and
 * shows the token of the haus for all else but models. Host may be the address that was asked, or a name that the certificate speaks for: a page can
 * have neither rebound to it.
 */
export function createPolicies(
  { bind, tls }: Pick<RouterOptions, 'bind' | 'tls'>,
  { isClientToken, isAdminToken, names = noNames }: PolicySources,
): ServeRouterOptions['policyOf'] {
  const scheme = tls === null ? 'http' : 'https'
  const made = new Map<string, Policies>()
  let madeFor = names()
  return (path, { from, address }, port) => {
    const policies = find(address, port)
    if (from === 'elsewhere') return path.startsWith('/v1/') && !ownPaths.has(path) ? policies.models : policies.nobody
    if (path.startsWith('/admin/')) return policies.admin
    if (!ownPaths.has(path)) return from === 'loopback' || path.startsWith('/v1/') ? policies.models : policies.nobody
    return from === 'loopback' || openPaths.has(path) ? policies.own : policies.admin
  }

  function find(address: string, port: number): Policies {
    const known = made.get(address)
    if (known !== undefined && madeFor === names()) return known
    // All of 127.0.0.0/8 is this machine.
    if (made.size >= MOST_ADDRESSES || madeFor !== names()) made.clear()
    madeFor = names()
    const policies = toPolicies(toHosts([address, ...madeFor], { port, scheme }), port)
    made.set(address, policies)
    return policies
  }

  function toPolicies(own: readonly string[], port: number): Policies {
    const hosts = [...loopbackHosts(port), ...own]
    const models = routerPolicy({ hosts: isLoopback(bind) ? hosts : null, scheme, isToken: isClientToken })
    return {
      models,
      own: { ...readOnlyPolicy(port), hosts, scheme, needsToken: 'never' },
      admin: { ...routerAdminPolicy(port, isAdminToken, scheme), hosts },
      nobody: { ...models, needsToken: true, isToken: () => false },
    }
  }
}

interface PolicySources {
  /** Null: nobody needs one. */
  readonly isClientToken: ((token: string) => boolean) | null
  readonly isAdminToken: LocalPolicy['isToken']
  /** What the certificate speaks for; another list once there is another certificate. */
  readonly names?: () => readonly string[]
}

type Policies = Readonly<Record<'models' | 'own' | 'admin' | 'nobody', LocalPolicy>>

const MOST_ADDRESSES = 64

const NO_NAMES: readonly string[] = []
const noNames = (): readonly string[] => NO_NAMES

/** As clients write them in Host: without the port where it is the one of the scheme. */
function toHosts(names: readonly string[], { port, scheme }: { readonly port: number; readonly scheme: 'http' | 'https' }): string[] {
  const isUsual = port === (scheme === 'http' ? 80 : 443)
  return [...names, ...(isUsual ? ['127.0.0.1', 'localhost', '::1'] : [])].flatMap((name) => {
    const host = (name.includes(':') ? `[${name}]` : name).toLowerCase()
    return isUsual ? [host, `${host}:${port}`] : [`${host}:${port}`]
  })
}

/** Read by anybody on this machine over loopback, as of every role. */
const ownPaths: ReadonlySet<string> = new Set(['/health', '/metrics', '/v1/backends'])
/** And at its other addresses: what a probe asks. */
const openPaths: ReadonlySet<string> = new Set(['/health', '/metrics'])

/** Where its token cannot be read or made nobody may tell the router what to do; it answers all the same. */
async function wireAdminToken(
  log: Log,
  { home, isHomeThere, environment }: { readonly home: string; readonly isHomeThere: boolean } & Pick<RouterSurroundings, 'environment'>,
): Promise<LocalPolicy['isToken']> {
  const path = apiTokenFile({
    home,
    isHomeThere,
    runtimeFolder: environment['XDG_RUNTIME_DIR'] || tmpdir(),
    uid: process.getuid?.() ?? 0,
  })
  return await readAdminToken(path).catch((error) => {
    log('error', 'api-token-unreadable', toErrorFields(error))
    return () => false
  })
}

async function readTls({ certFile, keyFile }: NonNullable<RouterOptions['tls']>): Promise<ServerTls> {
  const read = (path: string) =>
    readFile(path, 'utf8').catch((error) => {
      throw toFault(error, 'reading', path)
    })
  return { cert: await read(certFile), key: await read(keyFile) }
}

/** A certificate is renewed while streams go on. One that cannot be read changes nothing. */
function watchTls(files: NonNullable<RouterOptions['tls']>, renew: (tls: ServerTls) => void, log: Log): () => void {
  const again = async () => {
    try {
      renew(await readTls(files))
      log('info', 'certificate-renewed', { file: files.certFile })
    } catch (error) {
      log('error', 'certificate-refused', toErrorFields(error))
    }
  }
  const ends = [files.certFile, files.keyFile].map((path) => watchFile(path, () => void again()))
  return () => {
    for (const end of ends) end()
  }
}
