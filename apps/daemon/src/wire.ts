import { type ExitName, type NewEvent, type ResolvedProbe, scrubData } from '@sanctum/contracts'
import type { ProbePorts } from '@sanctum/probes'
import { commandOf, type HausDefinition } from './haus-definition.ts'
import type { Healer } from './healing/create-healer.ts'
import { createLog, type Log, toErrorFields } from './log.ts'
import type { LogKeeper } from './logs/keep-logs.ts'
import { askDocument, askHealth } from './node/ask-health.ts'
import { findOwner as findOwnerBy } from './node/find-owner.ts'
import { createDefinitionReader, type DefinitionReader } from './node/read-definition.ts'
import type { RenderedMetrics } from './node/render-metrics.ts'
import { readStateFile, writeStateFile } from './node/state-file.ts'
import type { SuperviseHomeOptions } from './node/supervise-home.ts'
import type { PatrolRunner } from './patrol/create-patrol.ts'
import type { RoleName, RoleStart, RunRole } from './role.ts'
import { tellOnce } from './tell-once.ts'
import type { TrialKeeper } from './trial/keep-trial.ts'
import type { WatchPorts } from './watch-haus.ts'
import type { HealerSurroundings } from './watchdog/run-watchdog.ts'

/** What this process is, as `main` found it. */
export interface ProcessPorts {
  readonly pid: number
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Hands over what SIGHUP does; without it that ends the process. */
  readonly onHangup: (handle: () => void) => void
  /** Hands over what the end of standard input does. */
  readonly onInputEnd: (handle: () => void) => void
  /** Lets the part of the heap in which everything begins grow, which is held small while the program loads. */
  readonly growNursery: () => void
}

const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }

/** The log of a role. Every line passes the scrubber. */
export function wireLog(role: string, write: (line: string) => void): Log {
  return createLog(role, write, clock.nowMs)
}

/** Each role with its ports; what a role needs is loaded when it runs, so that none waits for what another one needs. */
export function wireRoles(process: ProcessPorts): Readonly<Record<RoleName, RunRole>> {
  return {
    watchdog: (start) => wireWatchdog(grown(process), start),
    failsafe: (start) => wireFailsafe(grown(process), start),
    dashboard: (start) => wireDashboard(grown(process), start),
    router: async (start) => {
      const { wireRouter } = await import('./wire-router.ts')
      return await wireRouter(start, {
        ...process,
        ...clock,
        findOwner,
        // A household that asks now and then needs no larger one.
        onCrowd: process.growNursery,
        readDefinition: createLateReader(start.home),
        openJournal: () => wireJournal(start.home, start.log),
      })
    },
  }
}

/** For a role that has always something to do. */
function grown(process: ProcessPorts): ProcessPorts {
  process.growNursery()
  return process
}

async function wireWatchdog(process: ProcessPorts, start: RoleStart): Promise<ExitName> {
  const { home, log, signal } = start
  const { runWatchdog } = await import('./watchdog/run-watchdog.ts')
  const { answerWatchdog, toWatchdogPolicy } = await import('./watchdog/answer-watchdog.ts')
  const { createHausWatch } = await import('./watch-haus.ts')
  const { superviseHome } = await import('./node/supervise-home.ts')
  const { serveLocal } = await import('./node/serve-local.ts')
  const { findManager } = await import('./node/embedded-keeper.ts')
  const { openLock } = await import('@sanctum/journal/node')
  const { createProcessTable, superviseEmbedded } = await import('@sanctum/supervisor/node')
  const { isSameToken, readApiToken } = await import('./node/api-token.ts')
  const { createPressureReader } = await import('./node/read-pressure.ts')
  const reader = await wireReader(home)
  const { createJobEndKeeper } = await import('./node/keep-job-ends.ts')
  const seen = await wireWatch(home, log)
  const keepJobEnds = createJobEndKeeper(home, { nowMs: clock.nowMs, bootId: createProcessTable().bootId() })
  const watchPorts = { ...seen, listUnits: (definition: HausDefinition) => keepJobEnds(() => seen.listUnits(definition)) }
  const append = await wireJournal(home, log)
  const tell = (event: NewEvent): void => {
    log('info', event.kind, { subject: event.subject, ...event.data })
    append(event)
  }
  const patrol = await wirePatrol(start, watchPorts, tell)
  const createHealer = await wireHealer(process, start, watchPorts, patrol.ask)
  const record = await wireRecorder(process, start, append)
  const compact = await wireCompaction(process, start)
  return await runWatchdog(start, {
    ...process,
    ...clock,
    ...reader,
    trial: await wireTrial(process, start, reader),
    watch: createHausWatch(watchPorts),
    append,
    createHealer,
    patrol,
    logs: await wireLogs(start),
    readPressure: createPressureReader(),
    isSupervisor: async (definition) => (definition?.manager ?? (await findManager(home))) === 'embedded',
    recall: () => readStateFile(statusFile(home)),
    remember: (status) => writeStateFile(statusFile(home), status),
    async lock() {
      const acquired = await openLock({ path: `${home}/state/watchdog.lock` }).acquire({ waitMs: 2000 })
      if (acquired.kind !== 'held') return { kind: 'busy', holder: `process ${acquired.holder.pid ?? 'unknown'}` }
      // One recorder for a home, like the watchdog that holds this.
      record()
      compact()
      return acquired
    },
    supervise: () => {
      const observe: SuperviseHomeOptions['observe'] = (probe, context) => watchPorts.observe(probe, context, signal)
      return superviseHome({
        superviseEmbedded,
        home,
        environment: process.environment,
        readDefinition: reader.readDefinition,
        observe,
        tell,
      })
    },
    async serve(port, routes) {
      const token = await readApiToken(`${home}/secrets/api-token`).catch((error) => {
        // Who looks after the haus runs on; only nobody can tell it to look sooner.
        log('error', 'api-token-unreadable', toErrorFields(error))
        return null
      })
      return await serveLocal({
        port,
        findOwner,
        onRefused: tellRefused(log),
        policyOf: (path, at) => toWatchdogPolicy(path, at, (given) => token !== null && isSameToken(given, token)),
        answer: answerWatchdog(routes, { renderMetrics }),
      })
    },
  })
}

const SLICE_ROWS = 500
const SLICE_PAUSE_MS = 20

/** Keeps the journal from growing without end, while this role lives. */
async function wireCompaction({ sleep }: ProcessPorts, { home, log, signal }: RoleStart): Promise<() => void> {
  const { runCompaction } = await import('./journal/run-compaction.ts')
  const { openJournal } = await import('@sanctum/journal/node')
  const { defaultRetention, JOURNAL_FILE } = await import('@sanctum/journal')
  const journal = openJournal({ path: `${home}/${JOURNAL_FILE}`, now: clock.nowMs })
  // Between two slices the watchdog looks and answers.
  const pause = async (): Promise<boolean> => {
    await sleep(SLICE_PAUSE_MS, signal)
    return !signal.aborted
  }
  const compact = (limit: number) => journal.compact(defaultRetention, limit, { rows: SLICE_ROWS, pause })
  return () => void runCompaction(log, signal, { compact, sleep })
}

/** The recorder of stability windows. It ends with the signal of this role. */
async function wireRecorder(
  process: ProcessPorts,
  { home, log, signal }: RoleStart,
  append: (event: NewEvent) => void,
): Promise<() => void> {
  const { runRecorder } = await import('./soak/run-recorder.ts')
  const { findRequiredProgram, hasLedger, toRequiredEnvironment } = await import('./node/required-program.ts')
  const { openSoakLedger, runRequired } = await import('@sanctum/journal/node')
  const { createProcessTable, machineUpMs } = await import('@sanctum/supervisor/node')
  const bootId = createProcessTable().bootId()
  const uptime = { bootId: () => bootId, upMs: machineUpMs }
  const ledger = openSoakLedger({ folder: `${home}/state`, now: clock.nowMs, ...uptime })
  const sanctumctl = findRequiredProgram()
  return () =>
    void runRecorder(log, signal, {
      hasLedger: () => hasLedger(home),
      ledger,
      mark: () => ({ at_ms: clock.nowMs(), boot_id: bootId, up_ms: machineUpMs() }),
      run: (check, window, ending) =>
        runRequired(check, {
          sanctumctl,
          folder: window.folder,
          environment: toRequiredEnvironment(home, window, process.environment),
          signal: ending,
        }),
      append,
      sleep: process.sleep,
    })
}

/** Loaded with the first scrape. */
async function renderMetrics(metrics: Parameters<typeof import('./node/render-metrics.ts').renderMetrics>[0]): Promise<RenderedMetrics> {
  return await (await import('./node/render-metrics.ts')).renderMetrics(metrics)
}

async function wirePatrol({ home, log }: RoleStart, { listUnits }: WatchPorts, tell: (event: NewEvent) => void): Promise<PatrolRunner> {
  const { createPatrol } = await import('./patrol/create-patrol.ts')
  const { createUnitManager } = await import('./node/unit-manager.ts')
  const { readWaivers } = await import('./node/read-waivers.ts')
  const { platform } = await import('node:os')
  const supervisor = await import('@sanctum/supervisor/node')
  return createPatrol(log, {
    ...clock,
    listUnits,
    listStrangers: (definition) => createUnitManager(definition, home, supervisor).listStrangers(),
    async readListeners() {
      const { gatherObservations } = await import('@sanctum/host-resolver/node')
      return await gatherObservations({ deadlineMs: LISTENERS_MS, modelServers: false })
    },
    readWaivers: () => readWaivers(home, (why) => log('warn', 'waivers-unread', { why })),
    os: platform() === 'darwin' ? 'darwin' : 'linux',
    append: tell,
    async recallEnd() {
      const known = (await readStateFile(patrolFile(home))) as { at_ms?: unknown } | null
      return typeof known?.at_ms === 'number' ? known.at_ms : null
    },
    remember: (record) => writeStateFile(patrolFile(home), record),
  })
}

async function wireLogs({ home, log }: RoleStart): Promise<LogKeeper> {
  const { createLogKeeper } = await import('./logs/keep-logs.ts')
  const { cutLog, sizeOfLog } = await import('./node/cut-log.ts')
  return createLogKeeper(log, { ownLogs: [alertsFile(home), `${home}/logs/revert.log`], sizeOf: sizeOfLog, cut: cutLog })
}

/** Listeners are asked for no longer than this. */
const LISTENERS_MS = 5000

async function wireHealer(
  process: ProcessPorts,
  { home, log }: RoleStart,
  { observe, readLastRun }: WatchPorts,
  askPatrol: () => void,
): Promise<(around: HealerSurroundings) => Healer> {
  const { createHealer } = await import('./healing/create-healer.ts')
  const { performHeal } = await import('./healing/perform-heal.ts')
  const { createHealingFiles } = await import('./node/healing-files.ts')
  const { deliverAlert } = await import('./node/deliver-alert.ts')
  const { runBounded } = await import('./node/run-bounded.ts')
  const { startReverter } = await import('./node/start-reverter.ts')
  const { createUnitManager } = await import('./node/unit-manager.ts')
  const supervisor = await import('@sanctum/supervisor/node')
  const processes = supervisor.createProcessTable()
  const files = createHealingFiles(home, log)
  const calledOff = new AbortController()
  return ({ definition, append, wake }) => {
    const now = (): HausDefinition => {
      const known = definition()
      if (known === null) throw new Error('no generation can be read')
      return known
    }
    const isReady = async (haus: HausDefinition, id: string): Promise<boolean> => {
      const service = haus.services.find((each) => each.id === id)
      const probe = service?.health.readiness ?? service?.health.startup ?? service?.health.liveness
      if (service === undefined || probe === undefined) return true
      const unit = (await createUnitManager(haus, home, supervisor).list()).find((each) => each.service === id)
      const known = unit?.pid == null ? null : { pid: unit.pid, startedAtMs: null }
      const context = { provides: service.provides, process: known, lastRun: await readLastRun(haus, id) }
      return (await observe(probe as ResolvedProbe, context, calledOff.signal)).kind === 'passed'
    }
    return createHealer(log, {
      ...clock,
      ...files,
      append,
      wake,
      askPatrol,
      random: () => Math.random(),
      perform: (act) =>
        performHeal(act, {
          manager: createUnitManager(now(), home, supervisor),
          runCommand: (command, timeoutMs) => runBounded(command, { timeoutMs }),
          revert: () => startReverter({ home, manager: now().manager, environment: process.environment }),
          isReady: (service) => isReady(now(), service),
          startTime: processes.startTime,
          patienceMs: (service) => (now().services.find(({ id }) => id === service)?.startTimeoutS ?? 60) * 1000,
          monotonicMs: clock.monotonicMs,
          pause: (ms) => process.sleep(ms, calledOff.signal),
        }),
      deliver: async (alert) => {
        const channels = await deliverAlert(alert, {
          file: alertsFile(home),
          hook: commandOf(definition(), 'watchdog', 'escalation_command'),
        })
        // The failsafe reads there whether people can be reached at all.
        await writeStateFile(alertPathFile(home), { schema_version: 1, at_ms: clock.nowMs(), channels }).catch(() => {})
        return channels
      },
    })
  }
}

async function wireFailsafe(process: ProcessPorts, start: RoleStart): Promise<ExitName> {
  const { home, log } = start
  const { runFailsafe } = await import('./failsafe/run-failsafe.ts')
  const { createEmbeddedKeeper, findManager } = await import('./node/embedded-keeper.ts')
  const supervisor = await import('@sanctum/supervisor/node')
  const keeper = createEmbeddedKeeper({ ...supervisor, home, processes: supervisor.createProcessTable(), environment: process.environment })
  const reader = await wireReader(home)
  return await runFailsafe(start, {
    ...process,
    ...clock,
    ...reader,
    trial: await wireTrial(process, start, reader),
    askHealth: (port) => askHealth(port, HEALTH_MS),
    keeperOf: async (definition) => ((definition?.manager ?? (await findManager(home))) === 'embedded' ? keeper : null),
    beat: (document) => writeStateFile(`${home}/state/failsafe.heartbeat`, document),
    append: await wireJournal(home, log),
    deliver: async (alert, hook) => {
      const { deliverAlert } = await import('./node/deliver-alert.ts')
      return await deliverAlert(alert, { file: alertsFile(home), hook })
    },
    readAlertPath: () => readStateFile(alertPathFile(home)),
    findHookProblem: async (hook) => (await import('./node/find-hook-problem.ts')).findHookProblem(hook, process.environment.PATH),
  })
}

async function wireTrial({ environment }: ProcessPorts, { home, log }: RoleStart, reader: DefinitionReader): Promise<TrialKeeper> {
  const { createTrialKeeper } = await import('./trial/keep-trial.ts')
  const { readTrial } = await import('./node/read-trial.ts')
  const { startReverter } = await import('./node/start-reverter.ts')
  const { createProcessTable, machineUpMs } = await import('@sanctum/supervisor/node')
  const processes = createProcessTable()
  return createTrialKeeper(log, {
    ...clock,
    judgeTrial: () => readTrial({ home, processes, machineUpMs }),
    goBack: async () => {
      const definition = await reader.readDefinition().catch(() => null)
      return await startReverter({ home, manager: definition?.manager ?? null, environment })
    },
  })
}

/** As long as the probes of the catalog wait for the watchdog. */
const HEALTH_MS = 2000

async function wireDashboard(process: ProcessPorts, start: RoleStart): Promise<ExitName> {
  const { home, log } = start
  const { runDashboard } = await import('./dashboard/run-dashboard.ts')
  const { readStatus } = await import('./dashboard/read-status.ts')
  const { createHausWatch } = await import('./watch-haus.ts')
  const { serveLocal } = await import('./node/serve-local.ts')
  const { getRequestListener } = await import('@hono/node-server')
  const reader = await wireReader(home)
  const statusPorts = {
    ...clock,
    ...reader,
    askWatchdog: (port: number, timeoutMs: number) => askDocument(port, '/status', timeoutMs),
    watch: createHausWatch(await wireWatch(home, log)),
    readRemembered: () => readStateFile(statusFile(home)),
  }
  return await runDashboard(start, {
    ...process,
    ...clock,
    ...reader,
    renderMetrics,
    readStatus: (definition) => readStatus(statusPorts, definition),
    serve: (port, fetch) =>
      serveLocal({ port, findOwner, onRefused: tellRefused(log), answer: getRequestListener(fetch, { overrideGlobalObjects: false }) }),
  })
}

function statusFile(home: string): string {
  return `${home}/state/status.json`
}

function startsFile(home: string): string {
  return `${home}/state/start-times.json`
}

/** One line for each alert, for a person. */
function alertsFile(home: string): string {
  return `${home}/logs/alerts.log`
}

function patrolFile(home: string): string {
  return `${home}/state/patrol.json`
}

function alertPathFile(home: string): string {
  return `${home}/state/alert-path.json`
}

function tellRefused(log: Log): (code: string) => void {
  return (code) => log('warn', 'request-refused', { code })
}

/** Loaded only when it is asked, which is once and at the end. */
async function findOwner(port: number): Promise<string | null> {
  const { gatherObservations } = await import('@sanctum/host-resolver/node')
  return await findOwnerBy(port, gatherObservations)
}

/** Who was given one file reads no haus, and loads nothing to read one. */
function createLateReader(home: string): DefinitionReader['readDefinition'] {
  let reader: Promise<DefinitionReader> | null = null
  return async () => {
    reader ??= wireReader(home)
    return await (await reader).readDefinition()
  }
}

async function wireReader(home: string): Promise<DefinitionReader> {
  const { parseDocument } = await import('@sanctum/catalog')
  return createDefinitionReader(home, (text, file) => {
    const { value, findings } = parseDocument(text, { file, kind: 'service-manifest' })
    return { value, why: findings.find(({ severity }) => severity === 'error')?.message ?? '' }
  })
}

async function wireWatch(home: string, log: Log): Promise<WatchPorts> {
  const [{ createMyselfObserver, observe }, supervisor, { createUnitManager }, { readLastRun }] = await Promise.all([
    import('@sanctum/probes/node'),
    import('@sanctum/supervisor/node'),
    import('./node/unit-manager.ts'),
    import('./node/last-run.ts'),
  ])
  const { loopDelayMs, lookAtNetwork } = createMyselfObserver()
  return {
    ...clock,
    loopDelayMs,
    lookAtNetwork,
    recallStarts: () => readStateFile(startsFile(home)),
    rememberStarts: tellOnce(log, 'starts-unwritten', (document) => writeStateFile(startsFile(home), document)),
    listUnits: (definition: HausDefinition) => createUnitManager(definition, home, supervisor).list(),
    readLastRun: ({ manager }, service) => readLastRun(manager, home, service),
    observe: (probe, context, signal) => observe(probe, context, { signal, ports: probePorts }),
    observeProgram: (pid) => supervisor.observePrograms([pid])[0] ?? null,
  }
}

/** What probes look at through other packages; each is loaded when the first probe needs it. */
const probePorts: ProbePorts = {
  async listListeners() {
    const { gatherObservations } = await import('@sanctum/host-resolver/node')
    return (await gatherObservations({ modelServers: false })).listeners
  },
  async checkSqlite(path, deadline) {
    const journal = await import('@sanctum/journal/node')
    return await journal.checkSqlite(path, deadline)
  },
}

async function wireJournal(home: string, log: Log): Promise<(event: NewEvent) => void> {
  const { openJournal } = await import('@sanctum/journal/node')
  const { JOURNAL_FILE } = await import('@sanctum/journal')
  const journal = openJournal({ path: `${home}/${JOURNAL_FILE}`, now: clock.nowMs })
  return (event) => {
    try {
      journal.append(scrubData(event))
    } catch (error) {
      // A full disk must not stop who looks after the haus; the log still has it.
      log('error', 'journal-failed', { event: event.kind, subject: event.subject, ...toErrorFields(error) })
    }
  }
}
