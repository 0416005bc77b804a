import { type NewEvent, scrubData } from '@sanctum/contracts'
import type { HausDefinition } from './haus-definition.ts'
import { createLog, type Log, toErrorFields } from './log.ts'
import { askDocument, askHealth } from './node/ask-health.ts'
import { findOwner } from './node/find-owner.ts'
import { createDefinitionReader, type DefinitionReader } from './node/read-definition.ts'
import { readStateFile, writeStateFile } from './node/state-file.ts'
import type { RoleName, RunRole } from './role.ts'
import type { WatchPorts } from './watch-haus.ts'

/** What this process is, as `main` found it. */
export interface ProcessPorts {
  readonly pid: number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }

/** The log of a role. Every line passes the scrubber. */
export function wireLog(role: string, write: (line: string) => void): Log {
  return createLog(role, write, clock.nowMs)
}

/** Each role with its ports; what a role needs is loaded when it runs, so that none waits for what another one needs. */
export function wireRoles(process: ProcessPorts): Readonly<Record<RoleName, RunRole>> {
  return {
    watchdog: async (start) => {
      const [{ runWatchdog }, { openLock }, { createHausWatch }, { superviseHome }, { sendJson, serveLocal }, { findManager }] =
        await Promise.all([
          import('./watchdog/run-watchdog.ts'),
          import('@sanctum/journal/node'),
          import('./watch-haus.ts'),
          import('./node/supervise-home.ts'),
          import('./node/serve-local.ts'),
          import('./node/embedded-keeper.ts'),
        ])
      const reader = await wireReader(start.home)
      const watchPorts = await wireWatch(start.home)
      const append = await wireJournal(start.home, start.log)
      return await runWatchdog(start, {
        ...process,
        ...clock,
        readDefinition: () => reader.read(),
        readConfirmed: () => reader.readConfirmed(),
        watch: createHausWatch(watchPorts),
        append,
        isSupervisor: async (definition) => (definition?.manager ?? (await findManager(start.home))) === 'embedded',
        recall: () => readStateFile(`${start.home}/state/status.json`),
        remember: (status) => writeStateFile(`${start.home}/state/status.json`, status),
        async lock() {
          const acquired = await openLock({ path: `${start.home}/state/watchdog.lock` }).acquire({ waitMs: 2000 })
          return acquired.kind === 'held' ? acquired : { kind: 'busy', holder: `process ${acquired.holder.pid ?? 'unknown'}` }
        },
        supervise: () =>
          superviseHome({
            home: start.home,
            readDefinition: () => reader.read(),
            observe: (probe, context) => watchPorts.observe(probe, context, start.signal),
            tell: (event) => {
              start.log('info', event.kind, { subject: event.subject, ...event.data })
              append(event)
            },
          }),
        serve: (port, routes) =>
          serveLocal({
            port,
            findOwner,
            onRefused: (code) => start.log('warn', 'request-refused', { code }),
            answer: (request, response) => {
              const health = routes.health()
              if (request.url === '/health') sendJson(response, health.ok ? 200 : 503, health)
              else if (request.url === '/status') sendJson(response, health.ok ? 200 : 503, routes.status())
              else sendJson(response, 404, { error: { code: 'not-found', why: 'There is nothing at this address.' } })
            },
          }),
      })
    },

    failsafe: async (start) => {
      const [{ runFailsafe }, { createEmbeddedKeeper, findManager }] = await Promise.all([
        import('./failsafe/run-failsafe.ts'),
        import('./node/embedded-keeper.ts'),
      ])
      const reader = await wireReader(start.home)
      return await runFailsafe(start, {
        ...process,
        ...clock,
        readDefinition: () => reader.read(),
        askHealth: (port) => askHealth(port, 2000),
        keeperOf: async (definition) =>
          (definition?.manager ?? (await findManager(start.home))) === 'embedded' ? createEmbeddedKeeper(start.home) : null,
        beat: (document) => writeStateFile(`${start.home}/state/failsafe.heartbeat`, document),
        append: await wireJournal(start.home, start.log),
      })
    },

    dashboard: async (start) => {
      const [{ runDashboard }, { readStatus }, { createHausWatch }, { serveLocal }, { getRequestListener }] = await Promise.all([
        import('./dashboard/run-dashboard.ts'),
        import('./dashboard/read-status.ts'),
        import('./watch-haus.ts'),
        import('./node/serve-local.ts'),
        import('@hono/node-server'),
      ])
      const reader = await wireReader(start.home)
      const statusPorts = {
        askWatchdog: (port: number, timeoutMs: number) => askDocument(port, '/status', timeoutMs),
        watch: createHausWatch(await wireWatch(start.home)),
        readConfirmed: () => reader.readConfirmed(),
        readRemembered: () => readStateFile(`${start.home}/state/status.json`),
        nowMs: clock.nowMs,
      }
      return await runDashboard(start, {
        ...process,
        ...clock,
        readDefinition: () => reader.read(),
        readStatus: (definition) => readStatus(statusPorts, definition),
        serve: (port, fetch) =>
          serveLocal({
            port,
            findOwner,
            onRefused: (code) => start.log('warn', 'request-refused', { code }),
            answer: getRequestListener(fetch, { overrideGlobalObjects: false }),
          }),
      })
    },
  }
}

async function wireReader(home: string): Promise<DefinitionReader> {
  const { parseDocument } = await import('@sanctum/catalog')
  return createDefinitionReader(home, (text, file) => {
    const { value, findings } = parseDocument(text, { file, kind: 'service-manifest' })
    return { value, why: findings.find(({ severity }) => severity === 'error')?.message ?? '' }
  })
}

async function wireWatch(home: string): Promise<WatchPorts> {
  const [{ observe }, { createUnitManager }, { readLastRun }] = await Promise.all([
    import('@sanctum/probes/node'),
    import('./node/unit-manager.ts'),
    import('./node/last-run.ts'),
  ])
  return {
    ...clock,
    listUnits: (definition: HausDefinition) => createUnitManager(definition, home).list(),
    readLastRun: ({ manager }, service) => readLastRun(manager, home, service),
    observe: (probe, context, signal) => observe(probe, context, { signal }),
  }
}

async function wireJournal(home: string, log: Log): Promise<(event: NewEvent) => void> {
  const { openJournal } = await import('@sanctum/journal/node')
  const journal = openJournal({ path: `${home}/state/journal.db`, now: clock.nowMs })
  return (event) => {
    try {
      journal.append(scrubData(event))
    } catch (error) {
      // A full disk must not stop who looks after the haus; the log still has it.
      log('error', 'journal-failed', { event: event.kind, subject: event.subject, ...toErrorFields(error) })
    }
  }
}
