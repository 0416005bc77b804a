import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Finding, Haus, UnitManagerKind } from '@sanctum/contracts'
import { createConfinedFileSystem, createGenerations, observeCommitted, performOrTakeBack, readDocument } from '@sanctum/generations/node'
import { auditDirectory, auditFiles, gatherObservations, observeFiles } from '@sanctum/host-resolver/node'
import { JOURNAL_FILE } from '@sanctum/journal'
import { checkSqlite, openJournal, openLock, openSoakLedger, runRequired } from '@sanctum/journal/node'
import type { ProbePorts } from '@sanctum/probes'
import { observe } from '@sanctum/probes/node'
import { joinDomains, type UnitManager } from '@sanctum/supervisor'
import {
  createEmbeddedManager,
  createLaunchdManager,
  createProcessTable,
  createSystemdManager,
  endProcess,
  machineUpMs,
  observePrograms,
} from '@sanctum/supervisor/node'
import { findAccount, listManagedUnits } from './haus/list-managed-units.ts'
import { findSupervisor } from './haus/roles.ts'
import { readManifestFolder } from './node/catalog-folder.ts'
import { followFile, readLastLines } from './node/follow-file.ts'
import { createMachine } from './node/machine.ts'
import { runReverter } from './node/run-reverter.ts'
import { listFolder, mayWrite, readMode, setMode, writeEmptyFolder } from './node/text-files.ts'
import type { Generations, Ports, PortsRequest } from './ports.ts'
import { createQuickPorts, FACTS_DEADLINE_MS, here } from './wire-quick.ts'

/** The machine behind every port. With `dryRun` whatever would change anything is a bug: a dry run must have ended before it. */
export function createPorts({ environment, dryRun, version }: PortsRequest): Ports {
  const ports = createAll(environment, version)
  return dryRun ? readOnly(ports) : ports
}

function createAll(environment: Readonly<Record<string, string | undefined>>, version: string): Ports {
  const quick = createQuickPorts({ environment, version })
  const { home } = quick
  const journal = openJournal({ path: join(home, JOURNAL_FILE), now: Date.now })
  const lock = openLock({ path: join(home, 'state/lock.db') })
  const processes = createProcessTable()
  return {
    ...quick,
    soak: openSoakLedger({ folder: join(home, 'state'), now: Date.now, bootId: () => processes.bootId(), upMs: machineUpMs }),
    runRequired: (check, folder, signal) =>
      runRequired(check, {
        sanctumctl: [process.execPath, join(here, 'sanctumctl.js')],
        folder,
        environment: { ...environment, SANCTUM_HOME: home },
        signal,
      }),
    isWatched: () => openLock({ path: watchdogLock(home) }).inspect().kind === 'held',
    clock: {
      now: Date.now,
      monotonic: () => performance.now(),
      pause: async (ms, signal) => {
        await pause(ms, undefined, { signal }).catch(() => undefined)
      },
    },
    files: {
      ...quick.files,
      listFolder,
      mayWrite,
      readMode,
      setMode,
      readManifests: readManifestFolder,
      readLastLines,
      follow: followFile,
      writeEmptyFolder,
      perform: async (steps, root) => {
        const fileSystem = createConfinedFileSystem({ roots: [root] })
        await performOrTakeBack(steps, fileSystem)
      },
    },
    host: {
      ...quick.host,
      presence: observeFiles,
      observations: () => gatherObservations({ deadlineMs: FACTS_DEADLINE_MS }),
      audit: async (folder, names) => {
        if (!existsSync(folder)) return null
        const findings: Finding[] = []
        for await (const finding of names === undefined ? auditDirectory(folder) : auditFiles(folder, names)) findings.push(finding)
        return findings
      },
    },
    drift: {
      ...quick.drift,
      committed: (roots) => observeCommitted({ home, roots, readDocument }),
      programs: (pids) => observePrograms(pids),
      listeners: () => gatherObservations({ deadlineMs: FACTS_DEADLINE_MS, modelServers: false }),
      isSameFile,
    },
    journal: {
      append: (event) => void journal.append(event),
      read: (filter) => journal.read(filter).events,
      select: (filter) => journal.read(filter),
      verify: () => journal.verify().map(({ seq, why }) => `event ${seq}: ${why}`),
      end: () => journal.end(),
    },
    machine: createMachine({ processes: createProcessTable(), upMs: machineUpMs, endProcess }),
    goBack: () => runReverter({ node: process.execPath, sanctumctl: join(here, 'sanctumctl.js'), environment }),
    generations: (roots) => createGenerations({ home, roots }),
    units: (haus) => managers[haus.manager.kind](haus, { generations: createGenerations({ home, roots: [] }), environment }),
    inspect: async () =>
      (await import('./node/inspect-machine.ts')).createInspection({ program: join(here, 'sanctumctl.js'), environment }),
    contracts: async () => {
      const { openGit, replayExample } = await import('@sanctum/repo-contracts/node')
      return { openGit, replay: replayExample }
    },
    drills: async () => (await import('./wire-drills.ts')).drills,
    docsGate: async () => (await import('./node/docs-gate.ts')).createDocsGate({ node: process.execPath, here, environment }),
    upgrade: async () => (await import('./wire-upgrade.ts')).createUpgradePort({ home, environment, processes }),
    router: async () =>
      (await import('./node/router-link.ts')).createRouterLink({
        home,
        node: process.execPath,
        sanctumd: join(here, 'sanctumd.js'),
        environment,
        trusting: async (ca) => (await import('@sanctum/router-failover/node')).trusting(ca),
      }),
    observe: (probe, context) => observe(probe, context, { ports: probePorts }),
    faults: async () => {
      const { createFaults } = await import('./node/faults.ts')
      const processes = createProcessTable()
      return createFaults((pid) => processes.startTime(pid) !== null)
    },
    release: async () => (await import('./wire-release.ts')).createReleasePort(home, environment),
    disposable: async () => {
      const { collectAbandoned, findFreePorts, makeDisposableHaus } = await import('./node/disposable-haus.ts')
      const parts = {
        node: process.execPath,
        sanctumctl: join(here, 'sanctumctl.js'),
        sanctumd: join(here, 'sanctumd.js'),
        environment,
        startTime: processes.startTime,
      }
      return {
        // Two that look at the same moment begin at different places.
        freePorts: (count) => findFreePorts(count, process.pid * 37),
        make: (haus) => makeDisposableHaus(parts, haus),
        collect: () => collectAbandoned(processes.startTime),
      }
    },
    lock: async (options) => {
      const acquisition = await lock.acquire(options)
      if (acquisition.kind === 'held') return acquisition
      return { kind: 'busy', holder: describeHolder(acquisition.holder), pid: acquisition.holder.pid }
    },
    lockHolder: () => {
      const state = lock.inspect()
      return state.kind === 'free' ? null : (describeHolder(state.holder) ?? 'a process that the system does not name')
    },
  }
}

function watchdogLock(home: string): string {
  return join(home, 'state/watchdog.lock')
}

/** The watchdog, by the lock that it holds; null where there is none. */
function readWatcher(home: string) {
  const state = openLock({ path: watchdogLock(home) }).inspect()
  return state.kind === 'held' ? state.holder : null
}

/** What probes look at through other packages. */
const probePorts: ProbePorts = {
  listListeners: async () => (await gatherObservations({ deadlineMs: FACTS_DEADLINE_MS, modelServers: false })).listeners,
  checkSqlite,
}

interface ManagerParts {
  readonly generations: Generations
  /** Of the person who starts the supervisor; its children get a few variables of it. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Whoever owns the processes on a machine. */
const managers: Readonly<Record<UnitManagerKind, (haus: Haus, parts: ManagerParts) => UnitManager>> = {
  embedded: (haus, { environment }) =>
    createEmbeddedManager({
      home: haus.host.sanctum_home,
      self: findSupervisor(haus) ?? 'watchdog',
      environment,
      lockHolder: () => readWatcher(haus.host.sanctum_home),
    }),
  launchd: (haus, { generations }) => createLaunchdManager({ uid: haus.host.user.uid, units: () => listManagedUnits(haus, generations) }),
  'systemd-system': (haus, { generations }) => createSystemd('system', haus, generations),
  'systemd-user': (haus, { generations }) => createSystemd('user', haus, generations),
}

/** The machine's manager may have to take over from a user's, or the reverse, after who runs this was changed. */
function createSystemd(scope: 'system' | 'user', haus: Haus, generations: Generations): UnitManager {
  const other = scope === 'system' ? 'user' : 'system'
  const unitsIn = (domain: 'system' | 'user') => listManagedUnits(haus, generations).filter((unit) => unit.domain === domain)
  return joinDomains({
    own: createSystemdManager({ scope, units: () => unitsIn(scope) }),
    other: () =>
      createSystemdManager({
        scope: other,
        account: scope === 'system' ? findAccount(generations) : undefined,
        units: () => unitsIn(other),
      }),
    elsewhere: () => unitsIn(other),
  })
}

function describeHolder({ pid, command }: { readonly pid: number | null; readonly command: string | null }): string | null {
  const short = command?.replace(/^\S+ \S*?(sanctumctl|sanctumd)\.js(?= |$)/, '$1')
  return pid === null ? null : `${short ?? 'a process'} (pid ${pid})`
}

function readOnly(ports: Ports): Ports {
  return {
    ...ports,
    files: { ...ports.files, perform: refuse('files'), setMode: refuse('files'), writeEmptyFolder: refuse('files') },
    journal: { ...ports.journal, append: refuse('journal') },
    soak: { ...ports.soak, append: refuse('ledger') },
    machine: { ...ports.machine, end: refuse('processes') },
    goBack: refuse('generations'),
    upgrade: async () => (await import('./wire-upgrade.ts')).readOnly(await ports.upgrade(), ports.environment),
    faults: refuse('processes'),
    units: (haus: Haus): UnitManager => {
      const manager = ports.units(haus)
      const no = refuse('units')
      return {
        kind: manager.kind,
        list: () => manager.list(),
        listStrangers: () => manager.listStrangers(),
        reloadDefinitions: no,
        start: no,
        stop: no,
        restart: no,
        reload: no,
        forget: no,
      }
    },
    generations: (roots) => {
      const generations = ports.generations(roots)
      const no = refuse('generations')
      return {
        ...generations,
        recover: no,
        commit: no,
        publish: no,
        settle: no,
        confirm: no,
        noteTrial: no,
        endTrial: no,
        pin: no,
        collect: no,
      }
    },
  }
}

function refuse(what: string): () => never {
  return () => {
    throw new Error(`a dry run reached for the ${what}`)
  }
}

/** Two paths of one file, which a link above may give. */
function isSameFile(a: string, b: string): boolean {
  try {
    return a === b || realpathSync(a) === realpathSync(b)
  } catch {
    return false
  }
}
