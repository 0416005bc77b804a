import {
  type ExitName,
  Fault,
  type Finding,
  type RouterExplanation,
  type RouterRouteStatus,
  type RouterStatusDocument,
} from '@sanctum/contracts'
import type { Endpoint, RouterDefinition } from '@sanctum/router-failover'
import { type Log, toErrorFields } from '../log.ts'
import type { RoleStart } from '../role.ts'
import { judgeRoleHealth, type LoopRecord } from '../role-health.ts'
import type { SourceOrigin, SourceReading } from './router-source.ts'

/** What of the proxy this role needs. */
export interface RunningRouter {
  redefine(definition: RouterDefinition): void
  routes(): readonly RouterRouteStatus[]
  explain(model: string, endpoint?: Endpoint): Omit<RouterExplanation, 'schema_version' | 'model'>
  close(): Promise<void>
}

export interface RouterPorts<Running extends RunningRouter> {
  readonly pid: number
  readonly nowMs: () => number
  readonly monotonicMs: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly readSource: () => Promise<SourceReading>
  /** Calls back when what the source is made of may have changed; returns what ends that. */
  readonly watchSource: (onChange: () => void) => () => void
  /** SIGHUP. */
  readonly onHangup: (handle: () => void) => void
  /** `onUndrilled`: the last route of a drill is gone from it. */
  readonly createRouter: (definition: RouterDefinition, onUndrilled: () => void) => Running
  /** Told of each definition that holds from now on. */
  readonly onTaken: (definition: RouterDefinition) => void
  readonly serve: (port: number, desk: RouterDesk<Running>) => Promise<{ readonly port: number; close(): Promise<void> }>
}

/** What the server of a router may ask of this role. */
export interface RouterDesk<Running extends RunningRouter> {
  /** Null while there is no server to ask. */
  router(): Running | null
  /** Where a drill lays its routes, and is asked: a fault needs no model server, so there is one always. */
  drilled(): Running
  /** Whoever is asked for a model: the router, else the one of a drill that runs. */
  asked(): Running | null
  /** Why there is none, for whoever asks a model. */
  why(): string
  health(): RouterHealth
  status(): RouterStatusDocument
  reload(why: string): Promise<ReloadOutcome>
}

export type ReloadOutcome =
  | { readonly kind: 'taken' | 'unchanged' | 'empty'; readonly source: string }
  | { readonly kind: 'refused'; readonly source: string; readonly findings: readonly Finding[] }

export interface RouterHealth extends ReturnType<typeof judgeRoleHealth> {
  /** `single`: one server behind it. */
  readonly mode: 'routed' | 'single' | 'none'
  /** Some server is not well, or none is known. The router itself is as well as `ok` says. */
  readonly degraded: boolean
}

const PORT = 8900
/** How often the source is looked at where nothing told that it changed. */
const PERIOD_S = 10

/** Answers for model servers. A definition that is refused changes nothing: the last good one stays. */
export async function runRouter<Running extends RunningRouter>(start: RoleStart, ports: RouterPorts<Running>): Promise<ExitName> {
  const { log, signal } = start
  const periodS = start.cycleS ?? PERIOD_S
  const startedAtMs = ports.nowMs()
  let loop: LoopRecord = { startedAtMs, lastCycle: null, cycles: 0 }
  const isOneFile = start.router?.config != null
  const read = (): Promise<SourceReading> => ports.readSource().catch((error) => toUnread(error, start))
  // One file that is not there was named wrongly, which is told as it is.
  const first = isOneFile ? await ports.readSource() : await read()
  if (first.kind === 'invalid') tellRefused(log, first)
  // Who was given one file meant that file; who runs for a haus stays up, and says what is wrong.
  if (first.kind === 'invalid' && isOneFile) return 'invalid'
  const held = createHeld(ports, first)
  const health = (): RouterHealth => judgeHealth(start, ports, { loop, periodS, held })

  async function reload(why: string): Promise<ReloadOutcome> {
    const reading = await read()
    const outcome = held.take(reading)
    if (outcome.kind === 'refused' && outcome.isNew && reading.kind === 'invalid') tellRefused(log, reading)
    if (outcome.kind === 'taken' || outcome.kind === 'empty')
      log('info', 'definition-taken', { source: outcome.source, why, routes: held.routes().length })
    return outcome
  }
  // One after the other: a change while a file is read is read again.
  let reading: Promise<unknown> = Promise.resolve()
  const reloadInTurn = (why: string): Promise<ReloadOutcome> => {
    const next = reading.then(() => reload(why))
    reading = next.catch((error) => log('error', 'definition-unread', toErrorFields(error)))
    return next
  }

  const server = await ports.serve(start.port ?? first.from.port ?? PORT, {
    router: held.router,
    drilled: held.drilled,
    asked: held.asked,
    why: held.why,
    health,
    status: () => toStatus(start, ports, { startedAtMs, held }),
    reload: reloadInTurn,
  })
  const quietly = (why: string) => void reloadInTurn(why).catch(() => {})
  const unwatch = ports.watchSource(() => quietly('it changed'))
  ports.onHangup(() => quietly('SIGHUP'))
  log('info', 'router-started', { pid: ports.pid, port: server.port, source: first.from.source, routes: held.routes().length })
  while (!signal.aborted) {
    loop = { ...loop, cycles: loop.cycles + 1, lastCycle: { atMs: ports.nowMs(), monotonicMs: ports.monotonicMs() } }
    await ports.sleep(periodS * 1000, signal)
    if (!signal.aborted) await reloadInTurn('it was time').catch(() => {})
  }
  unwatch()
  const router = held.asked()
  // What is being answered gets a moment; nothing new is taken.
  await Promise.all([server.close(), router?.close()])
  log('info', 'router-stopped', { reason: String(signal.reason) })
  return 'ok'
}

/** A definition that is gone or cannot be read is as one that is wrong: the last good one stays, and somebody is told. */
function toUnread(error: unknown, { router, home }: RoleStart): SourceReading {
  const source = router?.config ?? home
  const message = error instanceof Error ? error.message : String(error)
  const hint = error instanceof Fault ? error.hint : 'Put it back, or make it readable for the user of the router.'
  const finding: Finding = {
    code: 'ROUTER_DEFINITION_REFUSED',
    severity: 'error',
    message: `the definition of the router cannot be read: ${message}`,
    subject: source,
    fix: { text: hint },
  }
  return { kind: 'invalid', findings: [finding], from: { source, generation: null, port: null, stamp: `unread: ${message}` } }
}

function tellRefused(log: Log, { findings, from }: Extract<SourceReading, { kind: 'invalid' }>): void {
  log('error', 'definition-refused', { source: from.source, findings })
}

interface Held<Running> {
  router(): Running | null
  drilled(): Running
  asked(): Running | null
  why(): string
  routes(): readonly RouterRouteStatus[]
  origin(): SourceOrigin
  takenAtMs(): number
  defaultRoute(): string
  refused(): { readonly at_ms: number; readonly why: string } | null
  take(reading: SourceReading): Taken
}

/** `isNew`: nobody was told yet. */
type Taken = ReloadOutcome & { readonly isNew: boolean }

/** The definition that holds, the router that goes by it, and what was refused since. */
function createHeld<Running extends RunningRouter>(ports: RouterPorts<Running>, first: SourceReading): Held<Running> {
  let taken: { readonly from: SourceOrigin; readonly atMs: number; readonly defaultRoute: string } | null = null
  let router: Running | null = null
  let stage: Running | null = null
  let why = ''
  let refused: { readonly at_ms: number; readonly why: string } | null = null
  let refusedStamp: string | null = null

  function refuse({ from, findings }: Extract<SourceReading, { kind: 'invalid' }>): Taken {
    const isNew = from.stamp !== refusedStamp
    refusedStamp = from.stamp
    if (isNew) refused = { at_ms: ports.nowMs(), why: findings.map(toSentence).join('; ') }
    if (router === null) why = `its definition was refused: ${refused?.why ?? ''}`
    return { kind: 'refused', source: from.source, findings, isNew }
  }

  function take(reading: SourceReading): Taken {
    if (reading.kind === 'invalid') return refuse(reading)
    const { from } = reading
    refused = refusedStamp = null
    if (taken?.from.stamp === from.stamp) {
      // The next generation may say the same of this.
      taken = { ...taken, from }
      return { kind: 'unchanged', source: from.source, isNew: false }
    }
    taken = { from, atMs: ports.nowMs(), defaultRoute: reading.kind === 'empty' ? '' : reading.definition.defaultRoute }
    if (reading.kind === 'empty') {
      void router?.close().catch(() => {})
      router = null
      why = reading.why
      return { kind: 'empty', source: from.source, isNew: true }
    }
    // Drills that run are not cut by a server that was found meanwhile.
    router ??= stage
    stage = null
    if (router === null) router = create(reading.definition)
    else router.redefine(reading.definition)
    ports.onTaken(reading.definition)
    return { kind: 'taken', source: from.source, isNew: true }
  }

  function create(definition: RouterDefinition): Running {
    const created: Running = ports.createRouter(definition, () => {
      // Nobody is behind a stage without its drills, so whoever asks is told again why.
      if (created !== stage) return
      stage = null
      void created.close().catch(() => {})
    })
    return created
  }

  take(first)
  return {
    router: () => router,
    drilled() {
      if (router === null) stage ??= create(nobody)
      return router ?? (stage as Running)
    },
    asked: () => router ?? stage,
    why: () => why,
    routes: () => router?.routes() ?? [],
    origin: () => taken?.from ?? first.from,
    takenAtMs: () => taken?.atMs ?? 0,
    defaultRoute: () => taken?.defaultRoute ?? '',
    refused: () => refused,
    take,
  }
}

/** Behind it are drills alone. */
const nobody: RouterDefinition = { routes: [], defaultRoute: '' }

function toSentence({ message, at }: Finding): string {
  return at === undefined ? message : `${at.file}:${at.line}:${at.column}: ${message}`
}

interface Seen<Running> {
  readonly held: Held<Running>
}

function judgeHealth<Running extends RunningRouter>(
  { version, revision }: RoleStart,
  { pid, monotonicMs }: RouterPorts<Running>,
  { loop, periodS, held }: Seen<Running> & { readonly loop: LoopRecord; readonly periodS: number },
): RouterHealth {
  const routes = held.routes()
  const { generation } = held.origin()
  const health = judgeRoleHealth({ role: 'router', pid, version, revision, generation, loop, periodS, monotonicMs: monotonicMs() })
  const unwell = routes.filter(({ targets }) => targets.every(({ condition }) => condition === 'down' || condition === 'misconfigured'))
  const refused = held.refused()
  const trouble = [
    ...(routes.length === 0 ? [held.why()] : []),
    ...(unwell.length > 0 ? [`nobody answers for ${unwell.map(({ name }) => name).join(', ')}`] : []),
    ...(refused !== null && routes.length > 0 ? [`a change was refused: ${refused.why}`] : []),
  ]
  return {
    ...health,
    mode: routes.length === 0 ? 'none' : routes.length === 1 && routes[0]?.targets.length === 1 ? 'single' : 'routed',
    degraded: trouble.length > 0,
    why: [...trouble, health.why].join('; '),
  }
}

function toStatus<Running extends RunningRouter>(
  { version, revision }: RoleStart,
  { pid }: RouterPorts<Running>,
  { startedAtMs, held }: Seen<Running> & { readonly startedAtMs: number },
): RouterStatusDocument {
  const routes = held.routes()
  return {
    schema_version: 1,
    version,
    revision,
    pid,
    started_at_ms: startedAtMs,
    source: held.origin().source,
    defined_at_ms: held.takenAtMs(),
    refused: held.refused(),
    default_route: held.defaultRoute(),
    routes: [...routes],
  }
}
